import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';
import type { Served, Waiting } from './in-turn.ts';

const anyOne = fc.record({
  tenantId: fc.constantFrom('t1', 't2', 't3'),
  serviceId: fc.constantFrom('a', 'b', 'c'),
  at: fc.integer({ min: 0, max: 50 }),
});
const anyWaiting: fc.Arbitrary<Waiting[]> = fc
  .array(anyOne, { maxLength: 25 })
  .map((all) =>
    all.map(({ at, ...one }, index) => ({ ...one, deploymentId: `d${String(index).padStart(2, '0')}`, askedAt: new Date(at) })),
  );
const anyServed: fc.Arbitrary<Served[]> = fc.array(
  anyOne.map(({ at, ...one }) => ({ ...one, at: new Date(at) })),
  { maxLength: 10 },
);

test('everyone who waits has one place, whatever order they are given in', () => {
  fc.assert(
    fc.property(anyWaiting, anyServed, (waiting, served) => {
      const ordered = inTurn(waiting, served);
      expect(ordered.toSorted((left, right) => (left.deploymentId < right.deploymentId ? -1 : 1))).toEqual(waiting);
      expect(inTurn(waiting.toReversed(), served.toReversed())).toEqual(ordered);
    }),
  );
});

test('of one service first comes who asked first', () => {
  fc.assert(
    fc.property(anyWaiting, anyServed, (waiting, served) => {
      const ordered = inTurn(waiting, served);
      for (const [index, later] of ordered.entries())
        for (const earlier of ordered.slice(0, index))
          if (earlier.tenantId === later.tenantId && earlier.serviceId === later.serviceId)
            expect(earlier.askedAt.getTime()).toBeLessThanOrEqual(later.askedAt.getTime());
    }),
  );
});

test('no tenant has a second turn before every tenant that waits has had one', () => {
  fc.assert(
    fc.property(anyWaiting, (waiting) => {
      const ordered = inTurn(waiting, []);
      const turns = new Map<string, number>();
      for (const [index, { tenantId }] of ordered.entries()) {
        turns.set(tenantId, (turns.get(tenantId) ?? 0) + 1);
        const others = new Set(ordered.slice(index + 1).map((one) => one.tenantId));
        for (const other of others) expect((turns.get(tenantId) ?? 0) - (turns.get(other) ?? 0)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('nobody waits for ever: however often a busy tenant asks, another one has the next turn but one', () => {
  const quiet: Waiting = { deploymentId: 'quiet', tenantId: 'small', serviceId: 'a', askedAt: new Date(1_000) };
  let served: Served[] = [{ tenantId: 'busy', serviceId: 'a', at: new Date(1) }];
  for (let turn = 0; turn < 3; turn += 1) {
    // The busy tenant has asked before, and asks again at once after each of its turns.
    const busy = [1, 2, 3].map((one) => ({
      deploymentId: `busy-${turn}-${one}`,
      tenantId: 'busy',
      serviceId: 'a',
      askedAt: new Date(one),
    }));
    const [first] = inTurn([...busy, quiet], served);
    if (first?.deploymentId === 'quiet') return;
    served = [...served, { tenantId: 'busy', serviceId: 'a', at: new Date(2_000 + turn) }];
  }
  expect.fail('the quiet tenant had no turn');
});
