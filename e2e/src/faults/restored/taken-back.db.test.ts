import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CrashBench } from '../crash/bench.ts';
import type { CrashResult } from '../crash/bench.ts';
import { firstDifference, pointsOf, takeSome } from '../crash/points.ts';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';

// The database is restored from a backup that is older than what the clusters have come to: Flow looks at the clusters before it acts, so the deployment ends
// as if nothing had been lost, and nothing is done twice.
const { seed, restores } = faultSettings();
const limitMs = 30 * 60_000;

let bench: CrashBench;
beforeAll(async () => {
  bench = await CrashBench.open();
}, limitMs);
afterAll(() => bench[Symbol.asyncDispose]());

/** What people did and the backup does not hold is lost from the record; what it did in the clusters is not, and they need not do it again. */
function withActsOf(clean: CrashResult, restored: CrashResult): CrashResult {
  return { ...restored, end: { ...restored.end, actions: clean.end.actions, told: clean.end.told } };
}

/** What was taken back already, and is not known to have been, fails in the first region instead of being applied once more, and goes no further. */
function firstDifferenceOfWayBack(clean: CrashResult, restored: CrashResult): string | null {
  const [expected, found] = [clean.end.running[0], restored.end.running[0]];
  if (!isDeepStrictEqual(expected, found)) return `runs: ${JSON.stringify(found)}`;
  return ['rolledBack', 'failed'].includes(restored.end.deployment.state) ? null : `ended as ${restored.end.deployment.state}`;
}

test(
  'a database that is taken back to an earlier moment of a deployment ends it as it would have ended',
  { timeout: limitMs },
  async () => {
    const random = seededNumbers(seed);
    const startedMs = performance.now();
    const violations: string[] = [];
    for (const wish of ['promote', 'rollBack'] as const) {
      const clean = await bench.run({ wish, crashAt: [] });
      const points = pointsOf(clean.moments);
      // What was applied, is known to have been, and was taken back since waits for a person: only a backup from before is tried.
      const firstAct = clean.moments.findIndex((name) => name.startsWith('helm '));
      const kept = wish === 'promote' ? points : points.filter((point) => point <= firstAct);
      const plans = kept.flatMap((first) => points.map((second) => [first, second]));
      for (const crashAt of takeSome(plans, restores, random)) {
        const result = await bench.run({ wish, crashAt, isTakenBack: true });
        const differences = [
          ...result.broken,
          wish === 'promote' ? firstDifference(clean, withActsOf(clean, result)) : firstDifferenceOfWayBack(clean, result),
        ];
        violations.push(
          ...differences
            .filter((one) => one !== null)
            .map((one) => `${wish}, kept and taken back ${result.diedAt.join(' and ')} (${crashAt.join(', ')}): ${one}`),
        );
      }
    }
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    console.log(JSON.stringify({ goal: 'restore', restores: 2 * restores, violations: violations.length, seed, seconds }));
    expect(violations).toEqual([]);
  },
);
