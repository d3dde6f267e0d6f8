import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { tell } from '../told.ts';
import { SimulationBench } from './bench.ts';
import { invariants } from './checker.ts';
import { plantedDefects } from './planted.ts';

// What the simulation is worth: each of these faults, planted by itself in an engine that keeps its promises, has to be found.
const { seed, plantedDefects: count, plantedSeeds: seedsMax } = faultSettings();
const limitMs = 60 * 60_000;
const planted = plantedDefects.slice(0, count);

let bench: SimulationBench;
const found = new Map<string, string>();

beforeAll(async () => {
  bench = await SimulationBench.open();
}, limitMs);

afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  for (const line of found.values()) process.stdout.write(`${line}\n`);
  const violations = planted.filter(({ name }) => !found.has(name)).map(({ name }) => `Not found: ${name}`);
  tell({ goal: 'G1', counts: { planted: planted.length, found: found.size }, violations, seed });
});

describe('the simulation', () => {
  test.each(planted)('finds that $name', { timeout: limitMs }, async ({ name, breaks, story, weather, defect }) => {
    for (let index = 0; index < seedsMax; index += 1) {
      const run = { seed: seed + index, story, ...(weather === undefined ? {} : { weather }) };
      const { breaches, steps } = await bench.run({ ...run, defect });
      const [first] = breaches;
      if (first === undefined) continue;
      expect(breaks).toContain(first.invariant);
      found.set(
        name,
        `${name}: by promise ${first.invariant} (${invariants[first.invariant]}), seed ${seed + index}, after ${steps} steps`,
      );
      // The same choices without the defect break nothing: it is the defect that was found.
      expect((await bench.run(run)).breaches).toEqual([]);
      return;
    }
    expect.fail(`Not found with ${seedsMax} seeds`);
  });
});
