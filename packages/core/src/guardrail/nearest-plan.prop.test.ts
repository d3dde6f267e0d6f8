import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plan as planSchema } from '../deployment/index.ts';
import { checkPlan, nearestPlan, planLimits } from './index.ts';
import { aGuardrail, aPlan, aSubject } from './testing.ts';

const anyStep = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((percent) => ({ kind: 'weight' as const, percent })),
  fc
    .option(fc.integer({ min: 1, max: 900 }), { nil: undefined })
    .map((durationSeconds) => (durationSeconds === undefined ? { kind: 'pause' as const } : { kind: 'pause' as const, durationSeconds })),
  fc.constant({ kind: 'analysis' as const }),
);
const anySubject = fc
  .record({
    waves: fc.array(fc.array(fc.constantFrom('eu', 'us', 'ap', 'sa'), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    steps: fc.oneof(fc.array(anyStep, { maxLength: 8 }), fc.array(anyStep, { minLength: 30, maxLength: 50 })),
    extraFleet: fc.integer({ min: 0, max: 10 }),
  })
  .map(({ waves, steps, extraFleet }) =>
    aSubject({ plan: aPlan(waves, steps), fleetSize: waves.flat().length + extraFleet, imageByDigest: false }),
  );
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const anyGuardrail = fc
  .record({
    canaryRequired: optional(fc.boolean()),
    firstStepMaxPercent: optional(fc.double({ min: 1, max: 100, noNaN: true })),
    stepMaxPercent: optional(fc.double({ min: 5, max: 100, noNaN: true })),
    stepSoakMinSeconds: optional(fc.integer({ min: 0, max: 600 })),
    bakeTimeMinSeconds: optional(fc.integer({ min: 0, max: 600 })),
    analysisRequired: optional(fc.boolean()),
    regionsAtOnceMax: optional(fc.integer({ min: 1, max: 4 })),
    fleetAtOnceMaxPercent: optional(fc.integer({ min: 1, max: 100 })),
    imageByDigest: optional(fc.boolean()),
  })
  .map((limits) => aGuardrail(planLimits.parse(Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)))));
const anyGuardrails = fc.array(anyGuardrail, { maxLength: 3 });

test('the nearest plan passes every limit that a plan can keep, and is a plan', () => {
  fc.assert(
    fc.property(anySubject, anyGuardrails, (subject, guardrails) => {
      const { plan, remaining } = nearestPlan(subject, guardrails);
      expect(checkPlan({ ...subject, plan }, guardrails)).toEqual(remaining);
      expect(remaining.every(({ mendable }) => !mendable)).toBe(true);
      expect(planSchema.safeParse(plan).success).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('it is its own nearest plan, and one that passes is not touched', () => {
  fc.assert(
    fc.property(anySubject, anyGuardrails, (subject, guardrails) => {
      const { plan } = nearestPlan(subject, guardrails);
      expect(nearestPlan({ ...subject, plan }, guardrails)).toMatchObject({ changes: [], addedSeconds: 0 });
      expect(nearestPlan({ ...subject, plan }, guardrails).plan).toBe(plan);
    }),
    { numRuns: 300 },
  );
});

test('it goes to the same targets in the same order', () => {
  fc.assert(
    fc.property(anySubject, anyGuardrails, (subject, guardrails) => {
      const regions = (waves: typeof subject.plan.waves) => waves.flatMap(({ targets }) => targets.map(({ region }) => region));
      expect(regions(nearestPlan(subject, guardrails).plan.waves)).toEqual(regions(subject.plan.waves));
    }),
  );
});
