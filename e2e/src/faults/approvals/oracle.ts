import type { Elector, StandIn } from '@flow/core/approval';

/** One accepted answer, as it was given. */
export interface Given {
  userId: string;
  answer: 'approve' | 'reject';
  hash: string;
  at: number;
  isWithdrawn: boolean;
}

/** What the model keeps: what people did, in plain lists. */
export interface Told {
  now: number;
  people: readonly Elector[];
  standIns: readonly StandIn[];
  given: Given[];
  hash: string;
  /** The hash that was asked for last, and until when; null before the first time. */
  asked: { hash: string; until: number } | null;
  isVetoed: boolean;
  hasExpired: boolean;
  hasStarted: boolean;
}

const parties = ['ann', 'ida'];

const isAble = (told: Told, userId: string): boolean =>
  !parties.includes(userId) && told.people.some((person) => person.userId === userId && !person.isDisabled);

/** Those who can say yes for a group now: its own, or the admins when none of its own is left. */
function membersOf(told: Told, groupId: string): string[] {
  const able = told.people.filter((person) => isAble(told, person.userId));
  const own = able.filter((person) => person.groupIds.includes(groupId));
  return (own.length > 0 ? own : able.filter((person) => person.role === 'admin')).map((person) => person.userId);
}

/** In whose place somebody could speak at a time, found by going from each person towards them. */
function placesOf(told: Told, userId: string, at: number): string[] {
  const reaches = (from: string, path: readonly string[]): boolean =>
    from === userId ||
    (!parties.includes(from) &&
      told.standIns.some(
        (one) =>
          one.userId === from &&
          !path.includes(one.standInId) &&
          one.startsAt.getTime() <= at &&
          at < one.endsAt.getTime() &&
          (one.endedAt === null || at < one.endedAt.getTime()) &&
          reaches(one.standInId, [...path, one.standInId]),
      ));
  return told.people.map((person) => person.userId).filter((from) => reaches(from, [from]));
}

/** Whether the yeses that were given and not taken back suffice, by trying every pair of people in every pair of places. */
export function suffices(told: Told): boolean {
  const yes = told.given.filter(
    (one) => one.answer === 'approve' && !one.isWithdrawn && one.hash === told.hash && isAble(told, one.userId),
  );
  const [team, security] = [membersOf(told, 'team'), membersOf(told, 'security')];
  return yes.some((first) =>
    yes.some(
      (second) =>
        first.userId !== second.userId &&
        placesOf(told, first.userId, first.at).some((place) =>
          placesOf(told, second.userId, second.at).some((other) => place !== other && team.includes(place) && security.includes(other)),
        ),
    ),
  );
}

/** Whether anyone whose no is a veto now has said it to this content and not taken it back. */
export function isVetoedNow(told: Told): boolean {
  const security = membersOf(told, 'security');
  return told.given.some(
    (one) =>
      one.answer === 'reject' &&
      !one.isWithdrawn &&
      one.hash === told.hash &&
      isAble(told, one.userId) &&
      placesOf(told, one.userId, one.at).some((place) => security.includes(place)),
  );
}

/** Whether a start is right now: everything that must hold, said in plain words. */
export function mayStart(told: Told): boolean {
  return told.asked?.hash === told.hash && !told.isVetoed && !isVetoedNow(told) && !told.hasExpired && !told.hasStarted && suffices(told);
}
