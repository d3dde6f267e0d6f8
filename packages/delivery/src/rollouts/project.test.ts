import type { CanaryStep } from '@flow/core/rollout';
import { canaryStep, rolloutView, analysisView, podView } from '@flow/core/rollout';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitOf, projectAnalysisRun } from './project-analysis-run.ts';
import { projectPod } from './project-pod.ts';
import { projectRollout } from './project-rollout.ts';
import { compileSteps, durationSeconds, readStep } from './steps.ts';

const aRollout = (
  more: { status?: Record<string, unknown>; spec?: Record<string, unknown>; annotations?: Record<string, string> } = {},
) => ({
  metadata: {
    name: 'checkout',
    uid: 'u-1',
    resourceVersion: '7',
    generation: 3,
    annotations: { 'rollout.argoproj.io/revision': '4', ...more.annotations },
  },
  spec: {
    replicas: 5,
    strategy: {
      canary: {
        steps: [
          { setWeight: 20 },
          { pause: {} },
          { analysis: { templates: [] } },
          { pause: { duration: '1m30s' } },
          { setCanaryScale: {} },
        ],
      },
    },
    template: { metadata: { annotations: { 'flow.dev/deployment': 'd-1' } }, spec: { containers: [{ image: 'a@sha256:1' }] } },
    ...more.spec,
  },
  status: {
    observedGeneration: '3',
    phase: 'Paused',
    message: 'CanaryPauseStep',
    currentPodHash: 'new',
    stableRS: 'old',
    currentStepIndex: 1,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }],
    controllerPause: true,
    replicas: 5,
    updatedReplicas: 1,
    readyReplicas: 5,
    availableReplicas: 5,
    ...more.status,
  },
});

describe('the view of a Rollout', () => {
  test('holds what Flow decides and shows', () => {
    const view = projectRollout(aRollout());
    expect(rolloutView.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      phase: 'Paused',
      revision: 4,
      stepIndex: 1,
      stepCount: 5,
      steps: [
        { kind: 'weight', percent: 20 },
        { kind: 'pause' },
        { kind: 'analysis' },
        { kind: 'pause', durationSeconds: 90 },
        { kind: 'other', name: 'setCanaryScale' },
      ],
      pause: { reason: 'CanaryPauseStep', startedAt: '2026-01-01T00:00:00Z' },
      canaryWeight: 20,
      deploymentId: 'd-1',
      image: 'a@sha256:1',
    });
  });

  test.each([
    ['the controller has not seen the newest spec', { status: { observedGeneration: '2', phase: 'Healthy' } }],
    ['the controller is about to go on', { status: { pauseConditions: null } }],
    [
      'the workload that it takes its pods from has moved on',
      {
        spec: { workloadRef: {} },
        annotations: { 'rollout.argoproj.io/workload-generation': '2' },
        status: { workloadObservedGeneration: '1', phase: 'Healthy' },
      },
    ],
    ['the phase is none that is known', { status: { phase: 'Strange' } }],
  ])('is Progressing while %s', (_what, more) => {
    expect(projectRollout(aRollout(more)).phase).toBe('Progressing');
  });

  test('shows all traffic on a revision that is stable, and the weight of a router where there is one', () => {
    expect(projectRollout(aRollout({ status: { stableRS: 'new' } })).canaryWeight).toBe(100);
    expect(projectRollout(aRollout({ status: { canary: { weights: { canary: { weight: 7 } } } } })).canaryWeight).toBe(7);
    expect(projectRollout(aRollout({ status: { replicas: 0, updatedReplicas: 0 } })).canaryWeight).toBe(0);
  });

  test('is always of the right form, whatever a cluster sends', () => {
    fc.assert(
      fc.property(fc.record({ metadata: fc.anything(), spec: fc.anything(), status: fc.anything() }), (object) => {
        expect(rolloutView.safeParse(projectRollout(object)).success).toBe(true);
        expect(analysisView.safeParse(projectAnalysisRun(object)).success).toBe(true);
        expect(podView.safeParse(projectPod(object, { currentPodHash: 'a', stablePodHash: 'b' })).success).toBe(true);
      }),
    );
  });
});

describe('canary steps', () => {
  test('read back from Argo as they were compiled', () => {
    const step: fc.Arbitrary<CanaryStep> = fc.oneof(
      fc.record({ kind: fc.constant('weight' as const), percent: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ kind: fc.constant('pause' as const), durationSeconds: fc.integer({ min: 1, max: 100_000 }) }),
      fc.constant({ kind: 'pause' as const }),
      fc.constant({ kind: 'analysis' as const }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        expect(compileSteps(steps).map((one) => canaryStep.parse(readStep(one)))).toEqual(steps);
      }),
    );
  });

  test.each([
    ['30', 30],
    ['1h30m', 5400],
    [90, 90],
    ['500ms', 1],
    ['soon', null],
    ['', null],
    [0, null],
  ])('read the duration %s as %s s', (duration, seconds) => {
    expect(durationSeconds(duration)).toBe(seconds);
  });
});

test('the limit of a metric is read from a simple comparison only', () => {
  expect(
    ['result <= 5', 'result[0] < 0.05', 'asFloat(result) >= -1e3', 'result.p95 > 3', 'result < 1 && result > 0', 'all(result, # < 1)'].map(
      limitOf,
    ),
  ).toEqual([5, 0.05, -1000, 3, null, null]);
});

test('an analysis shows each metric with its measurements and its limit', () => {
  const view = projectAnalysisRun({
    metadata: { uid: 'u', name: 'a', labels: { 'rollout-type': 'Step', 'step-index': '2', 'rollouts-pod-template-hash': 'new' } },
    spec: {
      args: [{ name: 'max', value: '5' }],
      metrics: [
        { name: 'error-rate', successCondition: 'result <= {{args.max}}', failureLimit: '1' },
        { name: 'p95', successCondition: 'result <= 300' },
      ],
    },
    status: {
      phase: 'Failed',
      metricResults: [
        {
          name: 'error-rate',
          phase: 'Failed',
          failed: 2,
          measurements: [
            { value: '[7.5]', phase: 'Failed', finishedAt: '2026-01-01T00:00:00Z' },
            { value: 'NaN', phase: 'Error', startedAt: '2026-01-01T00:00:10Z' },
          ],
        },
      ],
    },
  });
  expect(view).toMatchObject({ kind: 'step', stepIndex: 2, podHash: 'new', phase: 'Failed' });
  expect(view.metrics[0]).toEqual({
    name: 'error-rate',
    phase: 'Failed',
    message: '',
    successCondition: 'result <= 5',
    limit: 5,
    failureLimit: 1,
    failed: 2,
    measurements: [
      { at: '2026-01-01T00:00:00Z', value: 7.5, phase: 'Failed' },
      { at: '2026-01-01T00:00:10Z', value: null, phase: 'Error' },
    ],
  });
  expect(view.metrics[1]).toMatchObject({ name: 'p95', phase: 'Pending', measurements: [] });
});

test('a pod says why it is not well', () => {
  const pod = (status: Record<string, unknown>, metadata: Record<string, unknown> = {}) =>
    projectPod(
      { metadata: { name: 'p', labels: { 'rollouts-pod-template-hash': 'new' }, ...metadata }, status },
      { currentPodHash: 'new', stablePodHash: 'old' },
    );
  const container = (state: Record<string, unknown>) => ({ containerStatuses: [{ restartCount: 2, state }] });
  expect(pod(container({ waiting: { reason: 'CrashLoopBackOff' } }))).toMatchObject({
    role: 'canary',
    reason: 'CrashLoopBackOff',
    restarts: 2,
    ready: false,
  });
  expect(pod(container({ waiting: { reason: 'ContainerCreating' } })).reason).toBe('');
  expect(pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }).reason).toBe('Unschedulable');
  expect(pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] })).toMatchObject({
    phase: 'Running',
    ready: true,
    reason: '',
  });
  expect(pod({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }).reason).toBe('Terminating');
});
