import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deploymentState } from '../deployment/index.ts';
import { everywhere } from '../rule/index.ts';
import { placeHealth } from './matrix.ts';
import type { RunningIn } from './matrix.ts';
import { nextPromotion } from './next-promotion.ts';
import type { PromotionFacts } from './next-promotion.ts';
import { promotionRule } from './promotion-rule.ts';

const path = [
  { id: 'stage', name: 'Staging', kind: 'staging', position: 1, regions: ['eu', 'us'] },
  { id: 'prod', name: 'Production', kind: 'production', position: 2, regions: ['eu', 'us'] },
];
const anyTime = fc.integer({ min: 0, max: 200 }).map((minutes) => new Date(minutes * 60_000));

const anyRunning: fc.Arbitrary<RunningIn[]> = fc
  .uniqueArray(
    fc.record({
      environmentId: fc.constantFrom('stage', 'prod'),
      region: fc.constantFrom('eu', 'us'),
      build: fc.integer({ min: 1, max: 4 }),
      since: anyTime,
      // Mostly well, so that much of it is promoted.
      health: fc.oneof(
        { weight: 5, arbitrary: fc.constant('healthy' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...placeHealth.options) },
      ),
      isQuarantined: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    { selector: ({ environmentId, region }) => `${environmentId} ${region}`, maxLength: 4 },
  )
  .map((all) =>
    all.map(({ build, ...one }) => ({
      ...one,
      artifactId: `build-${build}`,
      deploymentId: `d-${build}`,
      version: `1.${build}.0`,
      digest: `sha256:${build}`,
      builtAt: new Date(build * 1_000),
    })),
  );

const anyFacts: fc.Arbitrary<PromotionFacts> = fc.record({
  serviceName: fc.constant('Checkout'),
  path: fc.constant(path),
  running: anyRunning,
  pin: fc.option(fc.constant({ version: '1.1.0', reason: 'rolled back', placedByName: 'Rita' }), { freq: 4 }),
  underway: fc.array(
    fc.record({
      version: fc.constant('1.9.0'),
      builtAt: fc.integer({ min: 1, max: 4 }).map((build) => new Date(build * 1_000)),
      hasBegun: fc.boolean(),
      askedByName: fc.option(fc.constant('Dora')),
    }),
    { maxLength: 1 },
  ),
  tried: fc
    .array(fc.tuple(fc.constantFrom('build-1', 'build-2', 'build-3', 'build-4'), fc.constantFrom(...deploymentState.options)), {
      maxLength: 1,
    })
    .map((pairs) => new Map(pairs)),
});

const anyRule = fc.record({ soakMinutes: fc.integer({ min: 0, max: 100 }) }).map((over) => {
  const owner = { kind: 'tenant' as const, name: 'Acme' };
  const head = { id: 'r', revision: 1, title: 'On', owner, scope: everywhere, enforcement: 'enforce' as const };
  return promotionRule.parse({ ...head, fromId: 'stage', toId: 'prod', ...over });
});

test('what is promoted is healthy and soaked everywhere below, in no quarantine, newer than what runs above, and new there; and no person is passed over', () => {
  fc.assert(
    fc.property(anyRule, anyFacts, anyTime, (rule, facts, now) => {
      const next = nextPromotion(rule, facts, now);
      if (next.kind !== 'promotes') return;
      const below = facts.running.filter((one) => one.environmentId === 'stage');
      const above = facts.running.filter((one) => one.environmentId === 'prod');
      expect(below.map(({ region }) => region).toSorted()).toEqual(['eu', 'us']);
      for (const one of below) {
        expect(one).toMatchObject({ artifactId: next.artifactId, health: 'healthy', isQuarantined: false });
        expect(now.getTime() - one.since.getTime()).toBeGreaterThanOrEqual(rule.soakMinutes * 60_000);
      }
      const builtAt = Math.max(...below.map((one) => one.builtAt.getTime()));
      for (const one of above) expect(one.builtAt.getTime()).toBeLessThanOrEqual(builtAt);
      expect(facts.tried.has(next.artifactId)).toBe(false);
      expect(facts.pin).toBeNull();
      expect(facts.underway.filter(({ hasBegun, askedByName }) => hasBegun || askedByName !== null)).toEqual([]);
    }),
  );
});

test('it is promoted once: when it has been asked for there is nothing more to do, whatever becomes of it', () => {
  fc.assert(
    fc.property(anyRule, anyFacts, fc.tuple(anyTime, fc.constantFrom(...deploymentState.options)), (rule, facts, [now, state]) => {
      const next = nextPromotion(rule, facts, now);
      if (next.kind !== 'promotes') return;
      const tried = new Map([...facts.tried, [next.artifactId, state]]);
      expect(nextPromotion(rule, { ...facts, tried }, now).kind).toBe('nothing');
    }),
  );
});

test('where time alone is waited for, it is promoted at that time and not before; and the order of the facts changes nothing', () => {
  fc.assert(
    fc.property(anyRule, anyFacts, anyTime, (rule, facts, now) => {
      const next = nextPromotion(rule, facts, now);
      expect(nextPromotion(rule, { ...facts, running: facts.running.toReversed() }, now)).toEqual(next);
      if (next.kind !== 'waits' || next.until === null) return;
      expect(next.until.getTime()).toBeGreaterThan(now.getTime());
      expect(nextPromotion(rule, facts, next.until).kind).toBe('promotes');
      expect(nextPromotion(rule, facts, new Date(next.until.getTime() - 1)).kind).toBe('waits');
    }),
  );
});
