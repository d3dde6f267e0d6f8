import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideCatchUp } from './catch-up.ts';
import type { CatchUpFacts } from './catch-up.ts';
import { deploymentState } from './state.ts';

const back: CatchUpFacts = {
  deployment: 'succeeded',
  isPlaceOpen: true,
  isReachable: true,
  isThere: false,
  isOtherOpen: false,
  isOvertaken: false,
};

test('a region that is back gets what the others got', () => {
  expect(decideCatchUp(back)).toEqual({ kind: 'start' });
});

test.each([
  [{ deployment: 'deploying' }, 'wait', 'goes on in the other regions'],
  [{ isReachable: false }, 'wait', 'cannot be reached'],
  [{ isOtherOpen: true }, 'wait', 'another deployment'],
  [{ isOvertaken: true }, 'drop', 'a later deployment'],
  [{ isThere: true }, 'drop', 'runs there already'],
  [{ isPlaceOpen: false }, 'drop', 'no longer there'],
  [{ deployment: 'rolledBack' }, 'drop', 'did not succeed'],
] as const)('with %j it is not caught up now, and it is said why', (facts, kind, why) => {
  expect(decideCatchUp({ ...back, ...facts })).toEqual({ kind, why: expect.stringContaining(why) });
});

test('nothing is caught up that somebody else is about to deploy, nothing is given up that may still come', () => {
  const facts = fc.record({
    deployment: fc.constantFrom(...deploymentState.options),
    isPlaceOpen: fc.boolean(),
    isReachable: fc.boolean(),
    isThere: fc.boolean(),
    isOtherOpen: fc.boolean(),
    isOvertaken: fc.boolean(),
  });
  fc.assert(
    fc.property(facts, (one) => {
      const { kind } = decideCatchUp(one);
      expect(kind === 'start').toBe(
        one.deployment === 'succeeded' && one.isPlaceOpen && one.isReachable && !one.isThere && !one.isOtherOpen && !one.isOvertaken,
      );
      // A region that stays away is waited for, for as long as that takes.
      if (one.isPlaceOpen && one.deployment === 'succeeded' && !one.isThere && !one.isOvertaken) expect(kind).not.toBe('drop');
    }),
  );
});
