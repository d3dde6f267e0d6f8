import { z } from 'zod';

/**
 * States of a request for approval.
 * - `pending`: waits for votes.
 * - `approved`: everyone who was asked for has said yes to exactly this hash, or a policy approved it by itself.
 * - `rejected`: someone whose no decides has said no.
 * - `expired`: nobody decided in time.
 * - `superseded`: what was to be approved has changed or was withdrawn.
 * `approved` becomes `pending` again when someone who voted lost the right to before it was used, or when more is asked; the other ends are final.
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

export const answer = z.enum(['approve', 'reject']);
export type Answer = z.infer<typeof answer>;

/** One person's answer to what was shown to them. */
export interface Vote {
  userId: string;
  answer: Answer;
  /** The hash that was shown to the person. */
  shownHash: string;
  givenAt: Date;
  /** When the person took it back; null while it stands. */
  withdrawnAt: Date | null;
}

/** What votes are given on, with the votes. */
export interface Ballot {
  state: ApprovalState;
  subjectHash: string;
  /** User ids of the requester and the authors of the commits. */
  excluded: readonly string[];
  expiresAt: Date;
  votes: readonly Vote[];
  /** The deployment has begun on it: who was counted then stays counted. */
  isUsed: boolean;
}
