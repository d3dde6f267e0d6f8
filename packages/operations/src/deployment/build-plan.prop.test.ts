import { usualProgression } from '@flow/core/deployment';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testStrategy } from '../testing/index.ts';
import { buildPlan } from './build-plan.ts';

const regions = ['eu-west', 'us-east', 'ap-south', 'sa-east'] as const;
const environments = fc.record({
  waves: fc.array(fc.subarray([...regions], { minLength: 1 }), { minLength: 1, maxLength: 4 }),
  targets: fc
    .subarray([...regions], { minLength: 1 })
    .map((chosen) =>
      chosen.map((region) => ({ id: `t-${region}`, region, clusterId: `c-${region}`, clusterName: region, namespace: 'ns', values: {} })),
    ),
});

test('every target of the environment is in the plan, in no wave that is empty, and those that a wave names come before those that none names', () => {
  fc.assert(
    fc.property(environments, ({ waves, targets }) => {
      // A region is in one wave: what createEnvironment refuses cannot reach here.
      const distinct = waves.map((wave, index) => wave.filter((region) => !waves.slice(0, index).flat().includes(region)));
      const plan = buildPlan(
        { waves: distinct, targets, bakeTimeSeconds: 30, strategy: testStrategy, progression: usualProgression },
        'checkout',
      );
      const planned = plan.waves.flatMap((wave) => wave.targets.map((target) => target.targetId));
      expect(planned.toSorted()).toEqual(targets.map((target) => target.id).toSorted());
      expect(plan.waves.every((wave) => wave.targets.length > 0)).toBe(true);
      const named = new Set<string>(distinct.flat());
      const isNamed = plan.waves.flatMap((wave) => wave.targets.map((target) => named.has(target.region)));
      expect(isNamed.lastIndexOf(true)).toBeLessThan(isNamed.includes(false) ? isNamed.indexOf(false) : isNamed.length);
    }),
    { numRuns: 500 },
  );
});
