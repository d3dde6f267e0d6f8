import { describe, expect, test } from 'vitest';
import { bucketsOf, casesBehind, insight, insightOf, periodOf, rollbackCauseOf } from './index.ts';
import type { DeploymentFact, Insight, InsightNumber, RollbackCause } from './index.ts';
import { aFact, aRolledBack, aTarget, at, period } from './testing.ts';

const hourMs = 3_600_000;
const told = (facts: readonly DeploymentFact[], region: string | null = null): Insight => insightOf(facts, { period, region });
const idsBehind = (facts: readonly DeploymentFact[], number: InsightNumber, of = ''): string[] =>
  casesBehind(facts, { number, of, region: null, within: period }, { offset: 0, limit: 50 }).cases.map(({ deploymentId }) => deploymentId);

test('a period in which nothing has ended has no rates and no lengths, which is not the same as none', () => {
  const { figures, endedCount, services, regions, approval } = told([]);
  expect(endedCount).toBe(0);
  expect(figures).toEqual({
    deliveredCount: 0,
    changeCount: 0,
    failedCount: 0,
    failureRate: null,
    lead: { count: 0, medianMs: null, totalMs: 0 },
    restored: { count: 0, medianMs: null, totalMs: 0 },
    unrestoredCount: 0,
  });
  expect([services, regions, approval.medianMs]).toEqual([[], [], null]);
  expect(told([aFact()]).figures.failureRate).toBe(0);
});

describe('deployments and lead time', () => {
  test('what was rejected, cancelled or could not be prepared is no change; a way back is none either', () => {
    const untouched = (['rejected', 'cancelled', 'failed'] as const).map((state) => aFact({ id: state, state, startedAt: null }));
    expect(told([...untouched, aFact({ id: 'back', kind: 'rollback' })]).figures).toMatchObject({ changeCount: 0, deliveredCount: 0 });
  });

  test('the lead time goes from the commit until every region is healthy, and in one region until that is', () => {
    const fact = aFact({ finishedAt: at(9), targets: [aTarget(), aTarget({ region: 'us', wave: 1, finishedAt: at(9) })] });
    expect(told([fact]).figures.lead.medianMs).toBe(8 * hourMs);
    expect(told([fact], 'eu').figures.lead.medianMs).toBe(2 * hourMs);
    expect(told([fact]).regions.map(({ of, figures }) => [of, figures.lead.medianMs])).toEqual([
      ['eu', 2 * hourMs],
      ['us', 8 * hourMs],
    ]);
  });

  test('an artifact that was there before, and a commit whose time is not known, are deployed without a lead time', () => {
    const { figures } = told([aFact({ id: 'a', isFirst: false }), aFact({ id: 'b', committedAt: null })]);
    expect(figures).toMatchObject({ deliveredCount: 2, lead: { count: 0, medianMs: null } });
  });

  test('the median of an even number is the lower of the two in the middle', () => {
    const facts = [2, 3, 5, 9].map((hours) =>
      aFact({ id: `d${hours}`, finishedAt: at(hours), targets: [aTarget({ finishedAt: at(hours) })] }),
    );
    expect(told(facts).figures.lead).toMatchObject({ count: 4, medianMs: 2 * hourMs });
    // What took longest stands first.
    expect(idsBehind(facts, 'lead')).toEqual(['d9', 'd5', 'd3', 'd2']);
  });
});

describe('failures', () => {
  test('one that goes back by itself failed, and is restored when it is back', () => {
    expect(told([aRolledBack(), aFact({ id: 'd2', finishedAt: at(8) })]).figures).toMatchObject({
      changeCount: 2,
      deliveredCount: 1,
      failureRate: 0.5,
      restored: { count: 1, medianMs: hourMs },
      unrestoredCount: 0,
    });
  });

  test('one that somebody goes back from later was delivered and failed: from the wish to go back until something is healthy there again', () => {
    const bad = aFact({ aftermath: { kind: 'takenBack', askedAt: at(5) } });
    const back = aFact({ id: 'back', kind: 'rollback', startedAt: at(5), finishedAt: at(7), targets: [aTarget({ finishedAt: at(7) })] });
    const elsewhere = aFact({ id: 'other', environmentId: 'staging', finishedAt: at(6), targets: [aTarget({ finishedAt: at(6) })] });
    expect(told([bad, back, elsewhere]).figures).toMatchObject({ deliveredCount: 2, failedCount: 1, restored: { medianMs: 2 * hourMs } });
    expect(told([bad]).figures).toMatchObject({ failedCount: 1, restored: { count: 0 }, unrestoredCount: 1 });
  });

  test('one with an incident is restored when that is closed', () => {
    const incident = { kind: 'incident' as const, openedAt: at(4), closedAt: at(10) };
    expect(told([aFact({ aftermath: incident })]).figures).toMatchObject({ failedCount: 1, restored: { medianMs: 6 * hourMs } });
    expect(told([aFact({ aftermath: { ...incident, closedAt: null } })]).figures).toMatchObject({ unrestoredCount: 1 });
  });

  test('one that went on without a region failed as a whole and there; elsewhere it was delivered', () => {
    const us = aTarget({ region: 'us', state: 'rolledBack', failedAt: at(3), finishedAt: at(5) });
    const fact = aFact({ state: 'failed', finishedAt: at(6), targets: [aTarget(), us] });
    expect(told([fact]).figures).toMatchObject({ deliveredCount: 0, failedCount: 1, restored: { medianMs: 2 * hourMs } });
    expect(told([fact], 'eu').figures).toMatchObject({ deliveredCount: 1, failedCount: 0 });
    expect(told([fact], 'us').figures).toMatchObject({ deliveredCount: 0, failedCount: 1 });
  });

  test('one that must be looked at is restored by the next that becomes healthy', () => {
    const lost = aFact({ state: 'failed', finishedAt: at(4), targets: [aTarget({ state: 'failed', failedAt: at(3), finishedAt: at(3) })] });
    const mended = aFact({ id: 'd2', finishedAt: at(9), targets: [aTarget({ finishedAt: at(9) })] });
    expect(told([lost, mended]).figures.restored).toMatchObject({ count: 1, medianMs: 6 * hourMs });
    expect(told([lost]).figures.unrestoredCount).toBe(1);
  });

  test('of one whose failure has no recorded time no length is told', () => {
    const old = aRolledBack({ targets: [aTarget({ state: 'rolledBack', finishedAt: at(4) })] });
    expect(told([old]).figures).toMatchObject({ failedCount: 1, restored: { count: 0 }, unrestoredCount: 0 });
  });
});

test.each<[RollbackCause | null, DeploymentFact]>([
  ['metric:error-rate', aRolledBack()],
  [
    'unmeasured:p95',
    aRolledBack({ targets: [aTarget({ state: 'rolledBack', failedAt: at(3), badMetric: { name: 'p95', isMeasured: false } })] }),
  ],
  ['release', aRolledBack({ targets: [aTarget({ state: 'rolledBack', failedAt: at(3) })] })],
  ['person', aRolledBack({ backCause: 'person' })],
  ['governance', aRolledBack({ backCause: 'governance' })],
  ['unknown', aRolledBack({ backCause: null, targets: [aTarget({ state: 'rolledBack' })] })],
  ['release', aFact({ state: 'failed', targets: [aTarget(), aTarget({ region: 'us', state: 'rolledBack', failedAt: at(3) })] })],
  ['takenBack', aFact({ kind: 'rollback' })],
  ['takenBackByProgram', aFact({ kind: 'rollback', invoker: 'api' })],
  [null, aFact({ kind: 'rollback', startedAt: null, state: 'cancelled' })],
  [null, aFact()],
])('%s is told as the cause of a rollback', (cause, fact) => {
  expect(rollbackCauseOf(fact, null)).toBe(cause);
  expect(told([fact]).causes).toEqual(cause === null ? [] : [{ of: cause, count: 1 }]);
});

describe('the way', () => {
  const step = (stepIndex: number, seconds: number, percent: number | null) => ({
    at: new Date(at(2).getTime() + seconds * 1_000).toISOString(),
    stepIndex,
    step: percent === null ? null : { kind: 'weight' as const, percent },
    weight: percent ?? 100,
  });

  test('a canary stood at a step until it came to the next, at the last until it was healthy', () => {
    const progress = [step(0, 0, 20), step(1, 60, 50), step(2, 90, null)];
    const fact = aFact({ targets: [aTarget({ progress, finishedAt: new Date(at(2).getTime() + 100_000) })] });
    expect(told([fact]).steps).toEqual([
      { of: '0 20 %', count: 1, medianMs: 60_000, totalMs: 60_000 },
      { of: '1 50 %', count: 1, medianMs: 30_000, totalMs: 30_000 },
      { of: 'finish', count: 1, medianMs: 10_000, totalMs: 10_000 },
    ]);
  });

  test('a first release has no steps, and a canary that went back none that count', () => {
    const first = aFact({ targets: [aTarget({ progress: [step(3, 0, null)] })] });
    const back = aRolledBack({ targets: [aTarget({ state: 'rolledBack', failedAt: at(3), progress: [step(0, 0, 20)] })] });
    expect(told([first, back]).steps).toEqual([]);
  });

  test('what two policies held at the same time counts once in all, and for each of them', () => {
    const rule = { source: 'rule' as const, policyId: 'r1', isQueue: false, beganAt: at(0), endedAt: at(2) };
    const freeze = { source: 'freeze' as const, policyId: 'f1', isQueue: false, beganAt: at(1), endedAt: at(4) };
    const turn = { source: 'builtIn' as const, policyId: 'its-turn', isQueue: true, beganAt: at(6), endedAt: null };
    const { held, heldKinds, heldBy } = told([aFact({ holds: [rule, freeze, turn], finishedAt: at(7) })]);
    expect(held).toMatchObject({ count: 1, totalMs: 5 * hourMs });
    expect(heldKinds.map(({ of, totalMs }) => [of, totalMs / hourMs])).toEqual([
      ['freeze', 3],
      ['rule', 2],
      ['queue', 1],
    ]);
    expect(heldBy.map(({ of }) => of)).toEqual(['freeze f1', 'rule r1', 'builtIn its-turn']);
  });

  test('people are waited for from the question to the decision, also where they reject', () => {
    const facts = [
      aFact({ approval: { askedAt: at(0), decidedAt: at(2) } }),
      aFact({ id: 'd2', state: 'rejected', startedAt: null, approval: { askedAt: at(0), decidedAt: at(6) } }),
    ];
    expect(told(facts).approval).toEqual({ count: 2, medianMs: 2 * hourMs, totalMs: 8 * hourMs });
    expect(idsBehind(facts, 'approval')).toEqual(['d2', 'd1']);
  });
});

test('the numbers are as they are sent', () => {
  const answer = told([aFact(), aRolledBack({ id: 'd2' })]);
  expect(insight.parse(answer)).toEqual(answer);
});

test('a period begins with a day in UTC; a long one is told by weeks from Monday on', () => {
  const now = new Date('2026-03-12T15:00:00Z');
  expect(periodOf(7, now)).toEqual({ from: new Date('2026-03-06T00:00:00Z'), until: now });
  expect(bucketsOf(periodOf(7, now))).toHaveLength(7);
  const weeks = bucketsOf(periodOf(90, now));
  expect(weeks.map(({ from }) => from.toISOString().slice(0, 10)).slice(0, 3)).toEqual(['2025-12-13', '2025-12-15', '2025-12-22']);
  expect(weeks.slice(1).every(({ from }) => from.getUTCDay() === 1)).toBe(true);
});
