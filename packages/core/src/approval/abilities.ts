import { z } from 'zod';
import type { Elector, Electorate } from './electorate.ts';
import { ableIn, hasVoice, missingIn, seatsIn, standingOf } from './standing.ts';
import type { Demand, Standing } from './standing.ts';
import type { Ballot, Vote } from './state.ts';

/** What a person can do to a request for approval. */
export const approvalAction = z.enum(['approve', 'reject', 'withdraw']);
export type ApprovalAction = z.infer<typeof approvalAction>;

/** A request with all that is looked at to say who may do what. */
export interface Request {
  demand: Demand;
  ballot: Ballot;
  electorate: Electorate;
}

export interface ApprovalAbility {
  action: ApprovalAction;
  allowed: boolean;
  /** The sentence for the person; empty when it is allowed. */
  why: string;
}

/** Every action on the request with whether it is open to this person now: buttons and the operations' guard read this one function. */
export function approvalAbilities(request: Request, userId: string, now: Date): ApprovalAbility[] {
  const about = { request, userId, now, standing: standingOf(request.demand, request.ballot, request.electorate) };
  return approvalAction.options.map((action) => {
    const why = whyClosed(about) ?? whyNot[action](about);
    return { action, allowed: why === '', why };
  });
}

interface About {
  request: Request;
  userId: string;
  now: Date;
  standing: Standing;
}

function whyClosed({ request: { ballot }, now }: About): string | null {
  if (ballot.state !== 'pending') return `The request is already ${ballot.state}`;
  return now >= ballot.expiresAt ? 'The request has expired: ask for the deployment again' : null;
}

const whyNot = {
  approve: (about) => whyUnheard(about) ?? whyNoHelp(about),
  reject: (about) => whyUnheard(about) ?? '',
  withdraw: (about) => (standingVote(about) === undefined ? 'You have not voted on this' : ''),
} as const satisfies Record<ApprovalAction, (about: About) => string>;

/** The vote of the person on what is asked for now, if they gave one and did not take it back. */
function standingVote({ request: { ballot }, userId }: About): Vote | undefined {
  return ballot.votes.find((vote) => vote.userId === userId && vote.withdrawnAt === null && vote.shownHash === ballot.subjectHash);
}

function whyUnheard(about: About): string | null {
  const { request, userId, now, standing } = about;
  if (request.ballot.excluded.includes(userId)) return 'You asked for this deployment or wrote part of it, so someone else must decide';
  if (standingVote(about) !== undefined) return 'You have voted';
  const person = request.electorate.people.find((one) => one.userId === userId);
  if (person === undefined || person.isDisabled) return 'Only members of the tenant vote';
  if (hasVoice(request.demand, { userId, at: now }, request)) return null;
  const asked = standing.policies.flatMap((policy) => policy.groups.map((group) => group.title));
  return asked.length === 0 ? 'Your role does not include voting' : `You are in none of the groups that are asked: ${asked.join(', ')}`;
}

/** A yes must bring the request further; of a group whose turn has not come it is not asked for yet. */
function whyNoHelp({ request, userId, now, standing }: About): string {
  if (helps(request, { userId, now, standing })) return '';
  const seats = seatsIn(request, { userId, at: now });
  const later = standing.policies
    .flatMap((policy) => policy.groups)
    .find((group) => !group.isAsked && group.places.some((place) => seats.includes(place)));
  return later === undefined
    ? 'Enough of those who are asked like you have said yes'
    : `${later.title} is asked when those before have said yes`;
}

function helps({ demand, ballot, electorate }: Request, by: { userId: string; now: Date; standing: Standing }): boolean {
  const { userId, now, standing } = by;
  const yes: Vote = { userId, answer: 'approve', shownHash: ballot.subjectHash, givenAt: now, withdrawnAt: null };
  const votes = [...ballot.votes.filter((vote) => vote.userId !== userId), yes];
  return missingIn(standingOf(demand, { ...ballot, votes }, electorate)) < missingIn(standing);
}

/** Everyone whose yes would bring the request further now, by name. */
export function whoCanHelp(request: Request, now: Date): Elector[] {
  const { ballot } = request;
  if (ballot.state !== 'pending' || now >= ballot.expiresAt) return [];
  const standing = standingOf(request.demand, ballot, request.electorate);
  return ableIn(request)
    .filter(({ userId }) => standingVote({ request, userId, now, standing }) === undefined)
    .filter(({ userId }) => helps(request, { userId, now, standing }))
    .toSorted((left, right) => left.name.localeCompare(right.name) || (left.userId < right.userId ? -1 : 1));
}
