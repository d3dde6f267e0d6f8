import { rightsOfRole } from '../rights/index.ts';
import type { Role } from '../rights/index.ts';
import type { Approver } from './policy.ts';

/** A member of the tenant, as far as approving goes. Who is no member is not there at all. */
export interface Elector {
  userId: string;
  name: string;
  role: Role;
  isDisabled: boolean;
  groupIds: readonly string[];
}

/** `standInId` may vote in the place of `userId` for a time. */
export interface StandIn {
  userId: string;
  standInId: string;
  startsAt: Date;
  endsAt: Date;
  /** When it was taken back early; null while it was not. */
  endedAt: Date | null;
}

/** The people whom a request can be about. */
export interface Electorate {
  people: readonly Elector[];
  /** Of what would change: by the repository's CODEOWNERS, or by the service's owner. */
  codeOwnerIds: readonly string[];
  standIns: readonly StandIn[];
}

export const nobody: Electorate = { people: [], codeOwnerIds: [], standIns: [] };

/** Whether the person is one of those who are named. */
export function isNamed(who: readonly Approver[], person: Elector, { codeOwnerIds }: Pick<Electorate, 'codeOwnerIds'>): boolean {
  return who.some((approver) => {
    switch (approver.kind) {
      case 'user':
        return approver.userId === person.userId;
      case 'group':
        return person.groupIds.includes(approver.groupId);
      case 'role':
        return approver.role === person.role;
      case 'codeOwners':
        return codeOwnerIds.includes(person.userId);
    }
  });
}

/** Whether the person's role lets them vote where no policy says who. */
export function mayVoteByRole(person: Elector): boolean {
  return rightsOfRole[person.role].includes('approval:vote');
}

/** Whether it holds at the time. */
export function isStandingIn({ startsAt, endsAt, endedAt }: StandIn, at: Date): boolean {
  return startsAt <= at && at < endsAt && (endedAt === null || at < endedAt);
}

/**
 * The people in whose place someone may vote at a time: themselves first, then those who named them, then those who named these, and so on. A circle
 * of people who name each other ends where it began; whoever may not vote themselves passes nothing on.
 */
export function seatsOf(userId: string, at: Date, among: { standIns: readonly StandIn[]; excluded: readonly string[] }): readonly string[] {
  const usable = among.standIns.filter((one) => isStandingIn(one, at) && !among.excluded.includes(one.userId));
  const seats = [userId];
  for (const seat of seats) {
    for (const one of usable) if (one.standInId === seat && !seats.includes(one.userId)) seats.push(one.userId);
  }
  return seats;
}

/**
 * The circle that naming this stand-in would close, as user ids from the one who is named back to whoever names; null when there is none. In a circle
 * everyone is away and nobody is there.
 */
export function circleOf(
  wanted: Pick<StandIn, 'userId' | 'standInId' | 'startsAt' | 'endsAt'>,
  known: readonly StandIn[],
): string[] | null {
  const overlapping = known.filter((one) => one.endedAt === null && one.startsAt < wanted.endsAt && wanted.startsAt < one.endsAt);
  const path = [wanted.standInId];
  const walk = (at: string): string[] | null => {
    if (at === wanted.userId) return path;
    for (const { standInId } of overlapping.filter((one) => one.userId === at && !path.includes(one.standInId))) {
      path.push(standInId);
      const found = walk(standInId);
      if (found !== null) return found;
      path.pop();
    }
    return null;
  };
  return walk(wanted.standInId);
}
