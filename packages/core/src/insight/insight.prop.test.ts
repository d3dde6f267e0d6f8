import fc from 'fast-check';
import { expect, test } from 'vitest';
import { casesBehind, insightNumber, insightOf } from './index.ts';
import type { DeploymentFact, KeyFigures } from './index.ts';
import { aTarget, at, period } from './testing.ts';

const regions = ['eu', 'us', 'ap'] as const;

const hour = fc.integer({ min: 0, max: 71 });
const anyTarget = fc.record({
  region: fc.constantFrom(...regions),
  state: fc.constantFrom('healthy' as const, 'rolledBack' as const, 'failed' as const, 'skipped' as const),
  failed: fc.option(hour),
  finished: hour,
});
const anyHold = fc.record({
  source: fc.constantFrom('rule' as const, 'freeze' as const),
  policyId: fc.constantFrom('p1', 'p2'),
  isQueue: fc.boolean(),
  from: hour,
  hours: fc.integer({ min: 0, max: 9 }),
});
const anyFact = fc
  .record({
    serviceId: fc.constantFrom('cart', 'search', 'payments'),
    environmentId: fc.constantFrom('prod', 'canary'),
    kind: fc.constantFrom('deploy' as const, 'deploy' as const, 'rollback' as const),
    state: fc.constantFrom('succeeded' as const, 'rolledBack' as const, 'failed' as const, 'cancelled' as const),
    backCause: fc.constantFrom(null, 'failure' as const, 'person' as const),
    isStarted: fc.boolean(),
    isFirst: fc.boolean(),
    finished: hour,
    committed: fc.option(hour),
    targets: fc.uniqueArray(anyTarget, { minLength: 1, maxLength: 3, selector: ({ region }) => region }),
    aftermath: fc.option(hour),
    holds: fc.array(anyHold, { maxLength: 4 }),
  })
  .map(({ isStarted, finished, committed, targets, aftermath, holds, state, ...fact }): Omit<DeploymentFact, 'id'> => ({
    ...fact,
    version: '1.0.0',
    invoker: 'person',
    state: isStarted ? (state === 'cancelled' ? 'failed' : state) : 'cancelled',
    reason: null,
    committedAt: committed === null ? null : at(committed),
    startedAt: isStarted ? at(0) : null,
    finishedAt: at(finished),
    targets: targets.map((target) =>
      aTarget({ ...target, failedAt: target.failed === null ? null : at(target.failed), finishedAt: at(target.finished) }),
    ),
    aftermath: aftermath === null ? null : { kind: 'takenBack', askedAt: at(aftermath) },
    approval: null,
    holds: holds.map(({ from, hours, ...hold }) => ({ ...hold, beganAt: at(from), endedAt: at(from + hours) })),
  }));
const anyFacts = fc
  .array(anyFact, { maxLength: 25 })
  .map((facts) => facts.map((fact, index): DeploymentFact => ({ ...fact, id: `d${index}` })));
const anyRegion = fc.constantFrom(null, ...regions);

/** What can be added up. */
function countsOf({ deliveredCount, changeCount, failedCount, lead, restored, unrestoredCount }: KeyFigures): number[] {
  return [deliveredCount, changeCount, failedCount, lead.count, lead.totalMs, restored.count, restored.totalMs, unrestoredCount];
}

function sumOf(all: readonly { figures: KeyFigures }[]): number[] {
  return all
    .map(({ figures }) => countsOf(figures))
    .reduce(
      (total, counts) => total.map((count, index) => count + (counts[index] ?? 0)),
      Array.from({ length: 8 }, () => 0),
    );
}

test('the services add up to the tenant, and so do the days', () => {
  fc.assert(
    fc.property(anyFacts, anyRegion, (facts, region) => {
      const { figures, services, buckets } = insightOf(facts, { period, region });
      expect(sumOf(services)).toEqual(countsOf(figures));
      expect(sumOf(buckets)).toEqual(countsOf(figures));
    }),
  );
});

test('a service alone is told as it is among all', () => {
  fc.assert(
    fc.property(anyFacts, anyRegion, (facts, region) => {
      const { services } = insightOf(facts, { period, region });
      for (const { of, figures } of services)
        expect(
          insightOf(
            facts.filter(({ serviceId }) => serviceId === of),
            { period, region },
          ).figures,
        ).toEqual(figures);
    }),
  );
});

test('a region alone is told as it is among all', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      for (const { of, figures } of insightOf(facts, { period, region: null }).regions)
        expect(insightOf(facts, { period, region: of }).figures).toEqual(figures);
    }),
  );
});

test('what failed was a change, a rate is a share, and every failure is restored, not restored, or of unknown length', () => {
  fc.assert(
    fc.property(anyFacts, anyRegion, (facts, region) => {
      const { figures, held } = insightOf(facts, { period, region });
      expect(figures.failedCount).toBeLessThanOrEqual(figures.changeCount);
      expect(figures.deliveredCount).toBeLessThanOrEqual(figures.changeCount);
      expect(figures.restored.count + figures.unrestoredCount).toBeLessThanOrEqual(figures.failedCount);
      if (figures.failureRate !== null) expect(figures.failureRate).toBeLessThanOrEqual(1);
      expect(figures.failureRate === null).toBe(figures.changeCount === 0);
      expect(held.totalMs).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('behind each number stand as many deployments as it says, each once, however they are paged', () => {
  fc.assert(
    fc.property(anyFacts, anyRegion, fc.integer({ min: 1, max: 7 }), (facts, region, limit) => {
      const { figures } = insightOf(facts, { period, region });
      const counts = {
        delivered: figures.deliveredCount,
        changes: figures.changeCount,
        failed: figures.failedCount,
        lead: figures.lead.count,
        restored: figures.restored.count,
        unrestored: figures.unrestoredCount,
      };
      for (const number of insightNumber.options.filter((one): one is keyof typeof counts => one in counts)) {
        const wanted = { number, of: '', region, within: period };
        const pages = Array.from({ length: Math.ceil(facts.length / limit) }, (_, page) =>
          casesBehind(facts, wanted, { offset: page * limit, limit }),
        );
        const ids = pages.flatMap(({ cases }) => cases.map(({ deploymentId }) => deploymentId));
        expect([...new Set(ids)]).toHaveLength(counts[number]);
        expect(ids).toHaveLength(counts[number]);
        for (const { total } of pages) expect(total).toBe(counts[number]);
      }
    }),
  );
});

test('what is held by all together is at least as long as by any one policy, and not longer than by all of them in turn', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { held, heldBy, heldKinds } = insightOf(facts, { period, region: null });
      for (const one of [...heldBy, ...heldKinds]) expect(one.totalMs).toBeLessThanOrEqual(held.totalMs);
      expect(held.totalMs).toBeLessThanOrEqual(heldBy.reduce((total, { totalMs }) => total + totalMs, 0));
    }),
  );
});
