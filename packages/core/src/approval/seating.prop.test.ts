import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seatPeople } from './seating.ts';
import type { Seated, Table } from './seating.ts';

const ids = ['a', 'b', 'c', 'd', 'e'] as const;
const seats = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 });
const people: fc.Arbitrary<Seated[]> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...ids), seats), { selector: ([userId]) => userId, maxLength: 5 })
  .map((all) => all.map(([userId, others]) => ({ userId, seats: [userId, ...others.filter((one) => one !== userId)] })));
const tables: fc.Arbitrary<Table[]> = fc.array(
  fc.record({ wanted: fc.integer({ min: 0, max: 3 }), seats: seats.map((all): ReadonlySet<string> => new Set(all)) }),
  { maxLength: 3 },
);

/** The most that can sit, by trying everything. */
function mostByTrying(left: readonly Seated[], taken: ReadonlySet<string>, wanted: readonly Table[]): number {
  const [first, ...rest] = left;
  if (first === undefined) return 0;
  let most = mostByTrying(rest, taken, wanted);
  for (const seat of first.seats.filter((one) => !taken.has(one))) {
    for (const [index, table] of wanted.entries()) {
      if (table.wanted === 0 || !table.seats.has(seat)) continue;
      const after = wanted.map((one, at) => (at === index ? { ...one, wanted: one.wanted - 1 } : one));
      most = Math.max(most, 1 + mostByTrying(rest, new Set([...taken, seat]), after));
    }
  }
  return most;
}

test('as many sit as can, each once, each place once, no table too full', () => {
  fc.assert(
    fc.property(people, tables, (all, wanted) => {
      const seated = seatPeople(all, wanted);
      expect(seated.length).toBe(mostByTrying(all, new Set(), wanted));
      expect(new Set(seated.map((one) => one.userId)).size).toBe(seated.length);
      expect(new Set(seated.map((one) => one.seat)).size).toBe(seated.length);
      for (const [index, table] of wanted.entries()) {
        const here = seated.filter((one) => one.table === index);
        expect(here.length).toBeLessThanOrEqual(table.wanted);
        for (const { seat } of here) expect(table.seats.has(seat)).toBe(true);
      }
      for (const { userId, seat } of seated) expect(all.find((one) => one.userId === userId)?.seats).toContain(seat);
    }),
    { numRuns: 400 },
  );
});

test('whoever sits keeps sitting when others come', () => {
  fc.assert(
    fc.property(people, tables, (all, wanted) => {
      const before = seatPeople(all.slice(0, -1), wanted).map((one) => one.userId);
      expect(seatPeople(all, wanted).map((one) => one.userId)).toEqual(expect.arrayContaining(before));
    }),
  );
});
