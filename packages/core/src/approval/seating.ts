/** Someone who says yes, with the people in whose place they may: themselves first. */
export interface Seated {
  userId: string;
  seats: readonly string[];
}

/** A group that wants so many, and whose places these are. */
export interface Table {
  wanted: number;
  seats: ReadonlySet<string>;
}

/** Who sits where: `userId` counts in the place of `seat` at the table with this index. */
export interface Seat {
  userId: string;
  seat: string;
  table: number;
}

/** What still fits through each edge, the way back included. */
type Residual = Map<string, Map<string, number>>;

/**
 * Seats as many as possible. Nobody sits twice, no place is taken twice (a person and their stand-in count once), no table takes more than it wants.
 * The greatest flow from people over places to tables, by Ford and Fulkerson; whoever comes first in the lists is seated first and never loses their
 * seat to a later one, so the answer is the same for the same lists.
 */
export function seatPeople(given: readonly Seated[], tables: readonly Table[]): readonly Seat[] {
  const people = [...new Map(given.map((person) => [person.userId, person])).values()];
  const residual = buildResidual(people, tables);
  for (const { userId } of people) findPath(residual, `person ${userId}`, new Set());
  const indexOf = (seat: string): number => tables.findIndex((_, index) => flows(residual, `taken ${seat}`, `table ${index}`));
  return people.flatMap(({ userId, seats }) => {
    const seat = seats.find((one) => flows(residual, `person ${userId}`, `place ${one}`));
    return seat === undefined ? [] : [{ userId, seat, table: indexOf(seat) }];
  });
}

function buildResidual(people: readonly Seated[], tables: readonly Table[]): Residual {
  const residual: Residual = new Map();
  const add = (from: string, to: string, capacity: number): void => {
    const edges = residual.get(from) ?? new Map<string, number>();
    residual.set(from, edges.set(to, capacity));
  };
  for (const { userId, seats } of people) {
    for (const seat of seats) {
      add(`person ${userId}`, `place ${seat}`, 1);
      add(`place ${seat}`, `taken ${seat}`, 1);
      for (const [index, table] of tables.entries()) if (table.seats.has(seat)) add(`taken ${seat}`, `table ${index}`, 1);
    }
  }
  for (const [index, { wanted }] of tables.entries()) add(`table ${index}`, 'seated', wanted);
  return residual;
}

/** Finds a way with room for one more and takes it. */
function findPath(residual: Residual, at: string, seen: Set<string>): boolean {
  if (at === 'seated') return true;
  seen.add(at);
  for (const [to, room] of residual.get(at) ?? []) {
    if (room === 0 || seen.has(to) || !findPath(residual, to, seen)) continue;
    addRoom(residual, [at, to], -1);
    addRoom(residual, [to, at], 1);
    return true;
  }
  return false;
}

function addRoom(residual: Residual, [from, to]: readonly [string, string], by: 1 | -1): void {
  const edges = residual.get(from) ?? new Map<string, number>();
  residual.set(from, edges.set(to, (edges.get(to) ?? 0) + by));
}

function flows(residual: Residual, from: string, to: string): boolean {
  return (residual.get(to)?.get(from) ?? 0) > 0;
}
