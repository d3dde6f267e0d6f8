import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { tell } from '../told.ts';
import { SimulationBench } from './bench.ts';
import type { SimulationResult } from './bench.ts';
import { keepFailedSeed, readFailedSeeds } from './failed-seeds.ts';
import type { Story } from './stories.ts';

// The engine with three workers, two clusters, two people and a page, everything that they do outside of their memory in an order that a seed gives, and with
// everything going wrong that can. The promises are looked at after every step.
const { seed, simulations, replays } = faultSettings();
const limitMs = 6 * 60 * 60_000;

let bench: SimulationBench;
const tally = { seeds: 0, steps: 0, faults: 0, replays: 0, violations: [] as string[] };

beforeAll(async () => {
  bench = await SimulationBench.open();
}, limitMs);

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  const { violations, ...counts } = tally;
  tell({ goal: 'G1', counts, violations, seed });
});

async function run(wanted: number, story?: Story): Promise<SimulationResult> {
  const result = await bench.run({ seed: wanted, ...(story === undefined ? {} : { story }) });
  tally.seeds += 1;
  tally.steps += result.steps;
  for (const count of result.faults.values()) tally.faults += count;
  if (result.breaches.length > 0) await keepFailedSeed(result);
  tally.violations.push(
    ...result.breaches.map(({ invariant, sentence, step }) => `seed ${wanted}, step ${step}, promise ${invariant}: ${sentence}`),
  );
  return result;
}

describe('the engine under faults from a seed', () => {
  test('keeps its promises with every seed that has broken one before', { timeout: limitMs }, async () => {
    for (const failed of await readFailedSeeds()) await run(failed.seed, failed.story);
    expect(tally.violations).toEqual([]);
  });

  test('does the same again, step by step, with the same seed', { timeout: limitMs }, async () => {
    for (let replay = 0; replay < replays; replay += 1) {
      const first = await run(seed + replay, 'cancelled');
      const again = await run(seed + replay, 'cancelled');
      expect(tally.violations).toEqual([]);
      expect(first.steps).toBeGreaterThan(150);
      expect(again.trace).toBe(first.trace);
      tally.replays += 1;
    }
  });

  test('keeps its promises after every step, and ends as without faults', { timeout: limitMs }, async () => {
    for (let index = 0; index < simulations; index += 1) await run(seed + index);
    expect(tally.violations).toEqual([]);
    expect(tally.faults).toBeGreaterThan(0);
  });
});
