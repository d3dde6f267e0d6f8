import { expect, test } from 'vitest';
import type { AnalysisView } from '../rollout/index.ts';
import { decide } from './decide.ts';
import { aDeployment, aRollout, aTarget, now } from './testing.ts';

const aborted = 'eu-west: RolloutAborted: Rollout aborted update to revision 2: Metric "error-rate" assessed Failed';
const failedAnalysis: AnalysisView = {
  uid: 'a-1',
  name: 'checkout-2',
  podHash: 'new',
  kind: 'background',
  stepIndex: null,
  phase: 'Failed',
  message: '',
  startedAt: null,
  completedAt: null,
  metrics: [
    {
      name: 'error-rate',
      phase: 'Failed',
      message: '',
      successCondition: 'result[0] <= 0.05',
      limit: 0.05,
      failureLimit: 2,
      failed: 3,
      measurements: [{ at: '2026-01-01T00:09:00Z', value: 1, phase: 'Failed' }],
    },
  ],
};
const goingBack = (analyses: readonly AnalysisView[]) =>
  aDeployment({
    state: 'rollingBack',
    reason: aborted,
    targets: [
      aTarget({ state: 'rollingBack', reason: aborted, upgrade: { state: 'done' }, observed: aRollout({ aborted: true }), analyses }),
    ],
  });

test('an abort that was seen before its analysis says value and limit as soon as the analysis is seen', () => {
  const better = 'eu-west: the error rate was 100 %, the limit is 5 % (3 failed measurements, 2 allowed)';
  expect(decide(goingBack([failedAnalysis]), now)).toMatchObject({ reason: better, targets: [{ reason: better }] });
});

test('until then it says what the controller said', () => {
  expect(decide(goingBack([]), now)).toMatchObject({ reason: aborted, targets: [{ reason: aborted }] });
});
