import { isNamed, mayVoteByRole, seatsOf } from './electorate.ts';
import type { Elector, Electorate } from './electorate.ts';
import type { ApprovalPolicy, ApproverGroup } from './policy.ts';
import { seatPeople } from './seating.ts';
import type { Seat, Seated } from './seating.ts';
import type { ApprovalState, Ballot, Vote } from './state.ts';

/** What is asked for: so many people in all, and the groups of each policy. */
export interface Demand {
  /** The most that the environment or any rule asks for. */
  count: number;
  /** In force here, and not met by themselves. */
  policies: readonly ApprovalPolicy[];
}

/** How far one group of a policy is. */
export interface GroupStanding {
  title: string;
  stage: number;
  wanted: number;
  /** Who counts for it, and in whose place: their own, or that of whoever named them. */
  given: readonly { userId: string; seat: string }[];
  missing: number;
  /** The groups before it are through, so its turn has come or has been. */
  isAsked: boolean;
  hasVeto: boolean;
  /** Those who can say yes for it, or have: members who may log in and had no part in the change. */
  places: readonly string[];
  /** Fewer of it are left than are needed, so others may stand in for it. */
  isShort: boolean;
  /** Not even with those others are there enough. */
  isHopeless: boolean;
}

export interface PolicyStanding {
  policyId: string;
  title: string;
  groups: readonly GroupStanding[];
  missing: number;
}

export interface Standing {
  /** Different people whose yes counts, whichever group they are in. */
  approvedCount: number;
  /** How many more the demanded number needs. */
  missingCount: number;
  policies: readonly PolicyStanding[];
  /** Whose no ended it; null while nobody's did. */
  rejectedBy: string | null;
  /** People who said no and whose no does not end it. */
  objections: readonly string[];
  /** Votes that do not count, each with the reason. */
  ignored: readonly { userId: string; why: string }[];
}

/**
 * Counts the votes as they stand now. A vote counts only when it names the hash of the request, was not taken back, and its author is neither the
 * requester nor an author of the commits and is still a member who may log in. In a policy one person counts for one group.
 */
export function standingOf(demand: Demand, ballot: Ballot, electorate: Electorate): Standing {
  const judged = ballot.votes.map((vote) => ({ vote, why: whyNotCounting(vote, ballot, electorate) }));
  const counting = judged.filter(({ why }) => why === null).map(({ vote }) => vote);
  const yes = counting.filter((vote) => vote.answer === 'approve');
  const no = counting.filter((vote) => vote.answer === 'reject');
  const policies = demand.policies.map((policy) => policyStanding(policy, yes, { ballot, electorate }));
  const approvedCount = countPeople(demand, yes, { ballot, electorate });
  const ending = no.find((vote) => endsRequest(demand, vote, { ballot, electorate }));
  return {
    approvedCount,
    missingCount: Math.max(0, demand.count - approvedCount),
    policies,
    rejectedBy: ending?.userId ?? null,
    objections: no.filter((vote) => vote !== ending).map((vote) => vote.userId),
    ignored: judged.flatMap(({ vote, why }) => (why === null ? [] : [{ userId: vote.userId, why }])),
  };
}

/** What the votes make of a request that is pending. */
export function outcomeOf(standing: Standing): Extract<ApprovalState, 'pending' | 'approved' | 'rejected'> {
  if (standing.rejectedBy !== null) return 'rejected';
  return missingIn(standing) === 0 ? 'approved' : 'pending';
}

/** How many yeses are missing in all, over the number and every policy. */
export function missingIn({ missingCount, policies }: Standing): number {
  return policies.reduce((sum, policy) => sum + policy.missing, missingCount);
}

interface Room {
  ballot: Ballot;
  electorate: Electorate;
}

function whyNotCounting(vote: Vote, ballot: Ballot, { people }: Electorate): string | null {
  if (vote.withdrawnAt !== null) return 'It was taken back';
  if (vote.shownHash !== ballot.subjectHash) return 'It was given for another content';
  if (ballot.excluded.includes(vote.userId)) return 'The requester and the authors of the change do not vote on it';
  if (ballot.isUsed) return null;
  const voter = people.find((person) => person.userId === vote.userId);
  return voter === undefined || voter.isDisabled ? 'This person may not vote any more' : null;
}

/** Members who may log in and had no part in the change. */
export function ableIn({ ballot, electorate }: Room): readonly Elector[] {
  return electorate.people.filter((person) => !person.isDisabled && !ballot.excluded.includes(person.userId));
}

/** Those of a group; too few left brings those who were named for that case, and without any the admins of the tenant. */
function placesOf(group: ApproverGroup, policy: ApprovalPolicy, room: Room): { places: readonly string[]; isShort: boolean } {
  const able = ableIn(room);
  const own = able.filter((person) => isNamed(group.who, person, room.electorate));
  if (own.length >= group.count) return { places: own.map(idOf), isShort: false };
  const fallback = policy.fallback.length > 0 ? policy.fallback : [{ kind: 'role' as const, role: 'admin' as const }];
  const others = able.filter((person) => !own.includes(person) && isNamed(fallback, person, room.electorate));
  return { places: [...own, ...others].map(idOf), isShort: true };
}

function idOf({ userId }: Elector): string {
  return userId;
}

function seatedOf(policy: Pick<ApprovalPolicy, 'allowsStandIns'>, vote: Vote, room: Room): Seated {
  return { userId: vote.userId, seats: policy.allowsStandIns ? seatsIn(room, { userId: vote.userId, at: vote.givenAt }) : [vote.userId] };
}

/** The people in whose place someone may vote on this request at a time. */
export function seatsIn({ ballot, electorate }: Room, { userId, at }: { userId: string; at: Date }): readonly string[] {
  return seatsOf(userId, at, { standIns: electorate.standIns, excluded: ballot.excluded });
}

type Placed = Omit<GroupStanding, 'given' | 'missing' | 'isAsked' | 'isHopeless'>;

function policyStanding(policy: ApprovalPolicy, yes: readonly Vote[], room: Room): PolicyStanding {
  const groups = policy.stages.flatMap((stage, index): Placed[] =>
    stage.groups.map((group) => {
      const { title, count: wanted, hasVeto } = group;
      return { title, wanted, hasVeto, stage: index, ...placesOf(group, policy, room) };
    }),
  );
  const voters = yes.map((vote) => seatedOf(policy, vote, room));
  const tables = groups.map((group) => ({ wanted: group.wanted, seats: new Set(group.places) }));
  // A stage is asked when all before it are through: until then its places stay empty.
  let openStage = 0;
  let seats: readonly Seat[] = [];
  for (; openStage < policy.stages.length; openStage += 1) {
    const asked = tables.filter((_, index) => (groups[index]?.stage ?? 0) <= openStage);
    seats = seatPeople(voters, asked);
    if (seats.length < asked.reduce((sum, table) => sum + table.wanted, 0)) break;
  }
  const standing = groups.map((group, index) => {
    const given = seats.filter((seat) => seat.table === index).map(({ userId, seat }) => ({ userId, seat }));
    const missing = room.ballot.isUsed ? 0 : group.wanted - given.length;
    return { ...group, given, missing, isAsked: group.stage <= openStage, isHopeless: group.places.length < group.wanted };
  });
  const missing = standing.reduce((sum, group) => sum + group.missing, 0);
  return { policyId: policy.id, title: policy.title, groups: standing, missing };
}

/** Everyone whose yes or no is heard: by their role, or by a group of a policy in force here. */
function voicesIn(demand: Demand, room: Room): ReadonlySet<string> {
  const byRole = ableIn(room).filter(mayVoteByRole).map(idOf);
  const byGroup = demand.policies.flatMap((policy) =>
    policy.stages.flatMap((stage) => stage.groups).flatMap((group) => placesOf(group, policy, room).places),
  );
  return new Set([...byRole, ...byGroup]);
}

function countPeople(demand: Demand, yes: readonly Vote[], room: Room): number {
  if (room.ballot.isUsed) return new Set(yes.map((vote) => vote.userId)).size;
  const voters = yes.map((vote) => seatedOf({ allowsStandIns: true }, vote, room));
  return seatPeople(voters, [{ wanted: voters.length, seats: voicesIn(demand, room) }]).length;
}

/** Whether someone is heard at all, in their own place or in that of whoever named them. */
export function hasVoice(demand: Demand, vote: { userId: string; at: Date }, room: Room): boolean {
  const voices = voicesIn(demand, room);
  return seatsIn(room, vote).some((seat) => voices.has(seat));
}

function endsRequest(demand: Demand, vote: Vote, room: Room): boolean {
  if (!hasVoice(demand, { userId: vote.userId, at: vote.givenAt }, room)) return false;
  if (demand.policies.every((policy) => policy.rejection === 'anyone')) return true;
  return demand.policies.some((policy) => {
    const { seats } = seatedOf(policy, vote, room);
    return policy.stages
      .flatMap((stage) => stage.groups)
      .filter((group) => policy.rejection === 'anyone' || group.hasVeto)
      .some((group) => placesOf(group, policy, room).places.some((place) => seats.includes(place)));
  });
}
