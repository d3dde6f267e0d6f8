import { describe, expect, test } from 'vitest';
import { checkPlan, checkRun, nearestPlan, runLimitedUntil } from './index.ts';
import type { PlanLimits } from './index.ts';
import { aGuardrail, aPlan, aSubject } from './testing.ts';

const canary = [
  { kind: 'weight', percent: 50 },
  { kind: 'pause', durationSeconds: 30 },
] as const;

describe('limits on the plan', () => {
  const cases: readonly [PlanLimits, Parameters<typeof aSubject>[0], string, string, string][] = [
    [{ canaryRequired: true }, {}, 'no canary', 'a canary', 'all traffic at once'],
    [{ firstStepMaxPercent: 10 }, { plan: aPlan([['eu']], canary) }, '50%', '10%', 'The first step serves 50%; at most 10% is allowed'],
    [{ stepMaxPercent: 40 }, { plan: aPlan([['eu']], canary) }, '50%', '40%', 'One step adds 50%'],
    [
      { stepSoakMinSeconds: 60 },
      { plan: aPlan([['eu']], canary) },
      '30 s',
      '60 s',
      'A step is watched for 30 s; at least 60 s is required',
    ],
    [{ bakeTimeMinSeconds: 60 }, { plan: aPlan([['eu'], ['us']]) }, '0 s', '60 s', 'A wave is watched for 0 s'],
    [{ analysisRequired: true }, {}, 'no analysis', 'an analysis', 'an analysis is required'],
    [
      { replicasMin: 2 },
      { workload: { replicas: 1, disruptionBudget: null, hasResources: true } },
      '1 replicas',
      '2 replicas',
      'It runs with',
    ],
    [
      { disruptionBudgetMin: 1 },
      { workload: { replicas: 1, disruptionBudget: null, hasResources: true } },
      '0 pods',
      '1 pods',
      'disruption budget',
    ],
    [
      { resourcesRequired: true },
      { workload: { replicas: 1, disruptionBudget: 1, hasResources: false } },
      'not set',
      'set',
      'processor and memory',
    ],
    [{ imageByDigest: true }, { imageByDigest: false }, 'by tag', 'by digest', 'name it by its digest'],
    [
      { chartSources: ['flow', 'https://charts.example/team'] },
      { chart: { kind: 'repository', source: 'https://charts.example/teamwork' } },
      'https://charts.example/teamwork',
      'flow, https://charts.example/team',
      'The chart comes from',
    ],
    [{ regionsAtOnceMax: 1 }, {}, '2 regions', '1 regions', 'One wave goes to 2 regions'],
    [{ fleetAtOnceMaxPercent: 50 }, {}, '100%', '50%', 'One wave changes 100% of the fleet'],
  ];

  test.each(cases)('%j is named with its value, its limit and its owner', (...[limits, over, value, limit, sentence]) => {
    const found = checkPlan(aSubject(over), [aGuardrail(limits)]);
    expect(found).toEqual([
      expect.objectContaining({
        limitName: Object.keys(limits)[0],
        value,
        limit,
        owner: 'Reliability',
        sentence: expect.stringContaining(sentence),
      }),
    ]);
    expect(found[0]?.sentence).toContain('(Careful of Reliability)');
  });

  test('what is not rendered yet is not guessed', () => {
    expect(checkPlan(aSubject(), [aGuardrail({ replicasMin: 5, disruptionBudgetMin: 5, resourcesRequired: true })])).toEqual([]);
  });

  test('a step to 100 percent between others hides nothing', () => {
    const steps = [
      { kind: 'weight', percent: 20 },
      { kind: 'pause', durationSeconds: 30 },
      { kind: 'weight', percent: 100 },
      { kind: 'weight', percent: 30 },
    ] as const;
    expect(checkPlan(aSubject({ plan: aPlan([['eu']], steps) }), [aGuardrail({ stepMaxPercent: 50 })])).toMatchObject([{ value: '80%' }]);
  });
});

describe('the nearest plan', () => {
  test('puts steps between those of the author, makes pauses longer, splits waves, and says what it costs', () => {
    const limits = {
      firstStepMaxPercent: 10,
      stepMaxPercent: 50,
      stepSoakMinSeconds: 60,
      regionsAtOnceMax: 1,
      bakeTimeMinSeconds: 300,
      analysisRequired: true,
    };
    const found = nearestPlan(aSubject({ plan: aPlan([['eu', 'us']], canary) }), [aGuardrail(limits)]);
    expect(found.plan.strategy.steps).toEqual([
      { kind: 'weight', percent: 10 },
      { kind: 'pause', durationSeconds: 60 },
      { kind: 'weight', percent: 50 },
      { kind: 'pause', durationSeconds: 60 },
    ]);
    expect(found.plan.waves.map(({ targets }) => targets.map(({ region }) => region))).toEqual([['eu'], ['us']]);
    expect(found.plan.bakeTimeSeconds).toBe(300);
    expect(found.changes).toHaveLength(4);
    expect(found.addedSeconds).toBe(2 * 120 + 300 - 30);
  });

  test('what lies in the chart remains and is said', () => {
    const found = nearestPlan(aSubject({ imageByDigest: false }), [aGuardrail({ imageByDigest: true, canaryRequired: true })]);
    expect(found.remaining.map(({ limitName }) => limitName)).toEqual(['imageByDigest']);
    expect(found.plan.strategy.steps[0]).toEqual({ kind: 'weight', percent: 20 });
  });
});

describe('limits on the run', () => {
  const startedAt = new Date('2026-03-01T10:00:00Z');
  const subject = { startedAt, now: new Date('2026-03-01T11:00:00Z'), metrics: [], failedRegions: [] };
  const rail = aGuardrail(
    {},
    {
      metrics: [{ metric: 'errorRatePercent', of: 'neighbour', max: 5, consequence: 'abort' }],
      failedRegionsMax: { count: 1, consequence: 'abort' },
      durationMaxSeconds: { count: 1_800, consequence: 'hold' },
    },
  );

  test('a neighbour that suffers, too many failed regions and too long a time each have their consequence', () => {
    expect(checkRun(subject, [rail])).toMatchObject({ consequence: 'hold', violations: [{ value: '3600 s', limit: '1800 s' }] });
    const suffering = {
      ...subject,
      now: startedAt,
      metrics: [{ metric: 'errorRatePercent', of: 'neighbour', serviceName: 'Cart', value: 7 }],
    } as const;
    expect(checkRun(suffering, [rail])).toMatchObject({
      consequence: 'abort',
      violations: [{ sentence: expect.stringContaining('errorRatePercent of Cart is 7; at most 5') }],
    });
    expect(checkRun({ ...subject, now: startedAt, failedRegions: ['eu', 'us'] }, [rail]).consequence).toBe('abort');
    expect(checkRun({ ...subject, now: startedAt }, [rail])).toEqual({ consequence: 'none', violations: [] });
  });

  test('the time at which it will be too long is known before', () => {
    const until = runLimitedUntil(startedAt, [rail]) ?? startedAt;
    expect(checkRun({ ...subject, now: until }, [rail]).consequence).toBe('hold');
    expect(checkRun({ ...subject, now: new Date(until.getTime() - 1_000) }, [rail]).consequence).toBe('none');
  });
});
