import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import type { Wish } from '../people.ts';
import { seededNumbers } from '../seeded.ts';
import { CrashBench } from './bench.ts';
import type { CrashPlan, CrashResult } from './bench.ts';
import { choosePoints, firstDifference, pointsOf, takeSome } from './points.ts';

// One deployment over two regions, one wave each, with canary steps. Its worker dies at every moment at which something outside of its memory has changed,
// a new one takes over, and everything must end as in the run in which nobody died.
const { seed, points: pointsMax, secondCrashes } = faultSettings();
const random = seededNumbers(seed);
const limitMs = 30 * 60_000;

let bench: CrashBench;
const clean = new Map<Wish, CrashResult>();
const tally = { points: 0, runs: 0, violations: [] as string[], longestTakeover: 0, startedAt: performance.now() };

beforeAll(async () => {
  bench = await CrashBench.open();
  for (const wish of ['promote', 'rollBack'] as const) clean.set(wish, await bench.run({ wish, crashAt: [] }));
}, limitMs);

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  const { points, runs, violations, longestTakeover, startedAt } = tally;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    JSON.stringify({ goal: 'G2', points, runs, violations: violations.length, longestTakeoverSeconds: longestTakeover, seed, seconds }),
  );
});

function cleanRun(wish: Wish): CrashResult {
  const found = clean.get(wish);
  if (found === undefined) throw new Error(`There is no clean run of ${wish}`);
  return found;
}

/** Runs with these crashes and notes what differs from the run without. */
async function runWith(plan: CrashPlan): Promise<CrashResult> {
  const result = await bench.run(plan);
  tally.runs += 1;
  tally.longestTakeover = Math.max(tally.longestTakeover, result.takeoverSeconds);
  const expected = cleanRun(plan.wish);
  const differences = [...result.broken, firstDifference(expected, result)].filter((one) => one !== null);
  tally.violations.push(
    ...differences.map((one) => `${plan.wish}, died ${result.diedAt.join(' and ')} (${plan.crashAt.join(', ')}): ${one}`),
  );
  return result;
}

describe('a deployment whose worker dies', () => {
  test('ends well when it does not', () => {
    for (const result of clean.values()) expect(result.broken).toEqual([]);
    expect(cleanRun('promote').end.deployment).toEqual({ state: 'succeeded', reason: null });
    expect(cleanRun('rollBack').end.deployment.state).toBe('rolledBack');
  });

  test('at any moment ends as it would have, with every effect done once', { timeout: limitMs }, async () => {
    const { moments } = cleanRun('promote');
    const promoted = choosePoints(moments, pointsOf(moments), { max: pointsMax, random });
    for (const crashAt of promoted) await runWith({ wish: 'promote', crashAt: [crashAt] });
    tally.points += promoted.length;
    expect(promoted.length).toBeGreaterThanOrEqual(30);
    expect(tally.violations).toEqual([]);
  });

  test('at any moment of going back ends as it would have', { timeout: limitMs }, async () => {
    const { moments } = cleanRun('rollBack');
    // Up to here it is the deployment from above.
    const shared = moments.findIndex((name, index) => name !== cleanRun('promote').moments[index]);
    const after = pointsOf(moments).filter((point) => point > shared);
    const points = choosePoints(moments, after, { max: pointsMax / 2, random });
    for (const crashAt of points) await runWith({ wish: 'rollBack', crashAt: [crashAt] });
    tally.points += points.length;
    expect(points.length).toBeGreaterThanOrEqual(10);
    expect(tally.violations).toEqual([]);
  });

  test('and whose next worker dies too ends as it would have', { timeout: 24 * limitMs }, async () => {
    const plans = (['promote', 'rollBack'] as const).flatMap((wish) => {
      const points = pointsOf(cleanRun(wish).moments);
      return points.flatMap((first) => points.map((second): CrashPlan => ({ wish, crashAt: [first, second] })));
    });
    for (const plan of takeSome(plans, secondCrashes, random)) await runWith(plan);
    expect(tally.violations).toEqual([]);
    // What a dead worker held is free again within half a minute.
    expect(tally.longestTakeover).toBeLessThanOrEqual(30);
  });
});
