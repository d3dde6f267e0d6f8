import { z } from 'zod';

/**
 * States of a request for approval.
 * - `pending`: waits for votes.
 * - `approved`: enough people said yes to exactly this hash.
 * - `rejected`: one person who may vote said no.
 * - `expired`: nobody decided in time.
 * - `superseded`: what was to be approved has changed or was withdrawn.
 * `approved` becomes `pending` again when someone who voted lost the right to before it was used; the other ends are final.
 */
export const approvalState = z.enum(['pending', 'approved', 'rejected', 'expired', 'superseded']);
export type ApprovalState = z.infer<typeof approvalState>;

export const approvalTransitions = {
  pending: ['approved', 'rejected', 'expired', 'superseded'],
  approved: ['superseded', 'pending'],
  rejected: [],
  expired: [],
  superseded: [],
} as const satisfies Record<ApprovalState, readonly ApprovalState[]>;

/** True when the table has the edge. */
export function approvalMayBecome(from: ApprovalState, to: ApprovalState): boolean {
  const edges: readonly ApprovalState[] = approvalTransitions[from];
  return edges.includes(to);
}

/** How long people have to decide before a request expires. */
export const approvalLifetimeMs = 72 * 60 * 60 * 1_000;

export const answer = z.enum(['approve', 'reject']);
export type Answer = z.infer<typeof answer>;

/** What votes are given on. */
export interface ApprovalSubject {
  state: ApprovalState;
  subjectHash: string;
  requiredCount: number;
  /** User ids of the requester and the authors of the commits. */
  excluded: readonly string[];
  expiresAt: Date;
}

export interface Vote {
  userId: string;
  answer: Answer;
  /** The hash that was shown to the person. */
  shownHash: string;
}

/** Someone who can vote now: still a member, still enabled, still with the right. */
export interface Voter {
  userId: string;
  mayVote: boolean;
}

export interface Tally {
  state: ApprovalState;
  approvedCount: number;
  missingCount: number;
  /** Votes that do not count, each with the reason. */
  ignored: readonly { userId: string; why: string }[];
}

/**
 * Counts the votes as they stand now. A vote counts only when it names the hash of the request, its author is neither the requester
 * nor an author of the commits, and still may vote. One counting rejection decides.
 */
export function tally(subject: ApprovalSubject, votes: readonly Vote[], voters: readonly Voter[]): Tally {
  const judged = votes.map((vote) => ({ vote, why: whyNotCounting(subject, vote, voters) }));
  const counting = judged.filter(({ why }) => why === null).map(({ vote }) => vote);
  const approvedCount = new Set(counting.filter((vote) => vote.answer === 'approve').map((vote) => vote.userId)).size;
  const ignored = judged.flatMap(({ vote, why }) => (why === null ? [] : [{ userId: vote.userId, why }]));
  return {
    state: nextState(subject, counting, approvedCount),
    approvedCount,
    missingCount: Math.max(0, subject.requiredCount - approvedCount),
    ignored,
  };
}

function nextState(subject: ApprovalSubject, counting: readonly Vote[], approvedCount: number): ApprovalState {
  if (subject.state !== 'pending') return subject.state;
  if (counting.some((vote) => vote.answer === 'reject')) return 'rejected';
  return approvedCount >= subject.requiredCount ? 'approved' : 'pending';
}

function whyNotCounting(subject: ApprovalSubject, vote: Vote, voters: readonly Voter[]): string | null {
  if (vote.shownHash !== subject.subjectHash) return 'It was given for another content';
  if (subject.excluded.includes(vote.userId)) return 'The requester and the authors of the change do not vote on it';
  const voter = voters.find((candidate) => candidate.userId === vote.userId);
  return voter?.mayVote === true ? null : 'This person may not vote any more';
}

/** Whether this person may vote on the request now, or why not. */
export function mayVote(subject: ApprovalSubject, vote: Vote, now: Date): { ok: true } | { ok: false; reason: string } {
  if (subject.state !== 'pending') return { ok: false, reason: `The request is already ${subject.state}` };
  if (now >= subject.expiresAt) return { ok: false, reason: 'The request has expired: ask for the deployment again' };
  if (subject.excluded.includes(vote.userId))
    return { ok: false, reason: 'You asked for this deployment or wrote part of it, so someone else must decide' };
  if (vote.shownHash !== subject.subjectHash)
    return { ok: false, reason: 'What would be deployed has changed since you looked: look again and decide on that' };
  return { ok: true };
}
