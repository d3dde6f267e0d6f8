import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultSettings } from '../../env.ts';
import { tell } from '../../told.ts';
import { SimulationBench } from '../bench.ts';
import type { SimulationResult, SimulationWish } from '../bench.ts';
import { invariants } from '../checker.ts';
import type { Invariant } from '../checker.ts';
import { plantedDefects } from './planted-defects.ts';
import type { PlantedDefect } from './planted-defects.ts';

// What the simulation is worth: each of these faults, planted by itself in an engine that keeps its promises, has to be found.
const { seed, plantedDefects: count, plantedSeeds: seedsMax } = faultSettings();
const limitMs = 60 * 60_000;
const planted = plantedDefects.slice(0, count);

let bench: SimulationBench;
const found = new Map<string, { promise: Invariant; seed: number; step: number }>();
const held = new Map<string, SimulationResult>();
const seeds = { tried: 0 };

beforeAll(async () => {
  bench = await SimulationBench.open();
}, limitMs);

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  for (const [defect, how] of found) process.stdout.write(`${JSON.stringify({ defect, ...how, broken: invariants[how.promise] })}\n`);
  const violations = planted.filter(({ name }) => !found.has(name)).map(({ name }) => `Not found: ${name}`);
  const counts = { planted: planted.length, found: found.size, seeds: seeds.tried, controls: held.size };
  tell({ goal: 'G1, planted defects', counts, violations, seed });
});

function wishOf({ story, weather }: PlantedDefect, index: number): SimulationWish {
  return { seed: seed + index, story, ...(weather === undefined ? {} : { weather }) };
}

/** The same choices in an engine without a defect; once, however many defects were found by them. */
async function withoutDefect(wish: SimulationWish): Promise<SimulationResult> {
  const key = JSON.stringify(wish);
  const result = held.get(key) ?? (await bench.run(wish));
  held.set(key, result);
  return result;
}

describe('the simulation', () => {
  test.each(planted)('finds that $name', { timeout: limitMs }, async (defect) => {
    for (let index = 0; index < seedsMax; index += 1) {
      const wish = wishOf(defect, index);
      const { breaches } = await bench.run({ ...wish, defect: defect.defect });
      seeds.tried += 1;
      const [first] = breaches;
      if (first === undefined) continue;
      expect(defect.breaks).toContain(first.invariant);
      expect((await withoutDefect(wish)).breaches).toEqual([]);
      found.set(defect.name, { promise: first.invariant, seed: wish.seed, step: first.step });
      return;
    }
    expect.fail(`Not found with ${seedsMax} seeds`);
  });
});
