import { afterEach, expect, test } from 'vitest';
import { aRollout, aService, aTemplate, createBench, record, type Bench } from './testing/bench.ts';

const ROLLOUTS = 'rollouts.argoproj.io';
let bench: Bench;

afterEach(async () => {
  expect(bench.logs).toEqual([]);
  await bench.stop();
});

async function deployed(parts: Parameters<typeof aRollout>[0] = {}): Promise<Bench> {
  bench = await createBench();
  bench.store.create(ROLLOUTS, aRollout(parts));
  await bench.clock.settle();
  return bench;
}

async function withCanary(parts: Parameters<typeof aRollout>[0] = {}): Promise<Bench> {
  await deployed(parts);
  await bench.clock.advance(5_000);
  await bench.patchSpec({ template: aTemplate('v2') });
  return bench;
}

test('the first deployment runs no steps and is healthy when all pods are', async () => {
  const { status, sets } = await deployed();
  expect(status()).toMatchObject({
    phase: 'Healthy',
    replicas: 4,
    updatedReplicas: 4,
    availableReplicas: 4,
    currentStepIndex: 4,
    observedGeneration: '1',
  });
  expect(status()['stableRS']).toBe(status()['currentPodHash']);
  expect(sets()).toMatchObject([{ replicas: 4, available: 4, revision: 1 }]);
});

test('a Rollout that another controller looks after is left alone', async () => {
  bench = await createBench();
  const rollout = aRollout();
  const labels = { 'argo-rollouts.argoproj.io/controller-instance-id': 'other' };
  bench.store.create(ROLLOUTS, { ...rollout, metadata: { ...rollout.metadata, labels } });
  await bench.clock.settle();
  expect(bench.sets()).toEqual([]);
  expect(bench.get(ROLLOUTS, 'api')['status']).toBeUndefined();
});

test('a new template stops at the pause step with its share of pods', async () => {
  const { status, sets } = await withCanary();
  expect(status()).toMatchObject({ phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1, controllerPause: true });
  expect(status()['pauseConditions']).toEqual([{ reason: 'CanaryPauseStep', startTime: '2026-01-01T00:00:05Z' }]);
  expect(sets()).toMatchObject([
    { replicas: 3, revision: 1 },
    { replicas: 1, revision: 2 },
  ]);
  expect(bench.get(ROLLOUTS, 'api').metadata.annotations?.['rollout.argoproj.io/revision']).toBe('2');
});

test('promote passes one pause, a timed pause ends by itself, and the end makes the new template stable', async () => {
  const { status, clock } = await withCanary();
  const canary = status()['currentPodHash'];
  await bench.patchStatus({ pauseConditions: null });
  expect(status()).toMatchObject({ phase: 'Paused', currentStepIndex: 3 });
  await clock.advance(29_000);
  expect(status()['currentStepIndex']).toBe(3);
  await clock.advance(2_000);
  expect(status()).toMatchObject({ phase: 'Healthy', currentStepIndex: 4, stableRS: canary, replicas: 4 });
});

test('abort goes back to the stable pods and names the revision, retry begins at the first step', async () => {
  const { status, sets, clock } = await withCanary();
  await bench.patchStatus({ abort: true });
  expect(status()).toMatchObject({
    phase: 'Degraded',
    message: 'RolloutAborted: Rollout aborted update to revision 2',
    abort: true,
    abortedAt: '2026-01-01T00:00:05Z',
    currentStepIndex: 0,
  });
  expect(status()['pauseConditions']).toBeUndefined();
  expect(sets()).toMatchObject([{ replicas: 4 }, { replicas: 0 }]);
  await clock.advance(1_000);
  await bench.patchStatus({ abort: false });
  expect(status()).toMatchObject({ phase: 'Paused', currentStepIndex: 1 });
  expect(sets()).toMatchObject([{ replicas: 3 }, { replicas: 1 }]);
});

test('an abort while spec.paused scales nothing back until the pause is lifted', async () => {
  const { sets, status } = await withCanary();
  await bench.patchSpec({ paused: true });
  await bench.patchStatus({ abort: true });
  expect(sets()).toMatchObject([{ replicas: 3 }, { replicas: 1 }]);
  await bench.patchSpec({ paused: false });
  expect(sets()).toMatchObject([{ replicas: 4 }, { replicas: 0 }]);
  expect(status()['phase']).toBe('Degraded');
});

test('promoteFull skips all that is left', async () => {
  const { status } = await withCanary();
  await bench.patchStatus({ promoteFull: true });
  expect(status()).toMatchObject({ phase: 'Healthy', currentStepIndex: 4, updatedReplicas: 4 });
  expect(status()['promoteFull']).toBeUndefined();
});

test('skipping a step goes on with the next one', async () => {
  const { status } = await withCanary();
  await bench.patchStatus({ pauseConditions: null, currentStepIndex: 2 });
  expect(status()).toMatchObject({ phase: 'Paused', currentStepIndex: 3 });
});

test('the stable template applied again in mid-canary is a rollback at once', async () => {
  const { status, sets, store } = await withCanary();
  await bench.patchSpec({ template: aTemplate('v1') });
  expect(status()).toMatchObject({ phase: 'Healthy', currentStepIndex: 4 });
  expect(sets().map((set) => set.replicas)).toEqual([0, 4]);
  expect(store.list('events').map((event) => event['message'])).toContain('Rollback to stable ReplicaSets');
});

test('a new revision in mid-canary begins at step 0 and the one in between loses its pods', async () => {
  const { status, sets } = await withCanary();
  await bench.patchSpec({ template: aTemplate('v3') });
  expect(status()).toMatchObject({ phase: 'Paused', currentStepIndex: 1 });
  expect(sets()).toMatchObject([{ replicas: 3 }, { replicas: 0 }, { replicas: 1, revision: 3 }]);
});

test('other steps alone restart the canary', async () => {
  const { status, sets } = await withCanary();
  await bench.patchSpec({ strategy: { canary: { steps: [{ setWeight: 75 }, { pause: {} }] } } });
  expect(status()).toMatchObject({ phase: 'Paused', currentStepIndex: 1 });
  expect(sets()).toMatchObject([{ replicas: 1 }, { replicas: 3 }]);
});

test('pods that never become ready are called stuck after the deadline, and the update is aborted where that is asked for', async () => {
  const { status, clock } = await deployed({ spec: { progressDeadlineSeconds: 60 } });
  await bench.patchSpec({ template: aTemplate('broken') });
  await clock.advance(50_000);
  expect(status()['phase']).toBe('Progressing');
  await clock.advance(15_000);
  expect(status()).toMatchObject({ phase: 'Degraded' });
  expect(status()['message']).toMatch(/^ProgressDeadlineExceeded: ReplicaSet ".*" has timed out progressing\.$/);
  await bench.patchSpec({ progressDeadlineAbort: true });
  expect(status()).toMatchObject({ abort: true, phase: 'Degraded' });
  expect(status()['message']).toMatch(/^RolloutAborted: Rollout aborted update to revision 2: ReplicaSet .* has timed out progressing\.$/);
});

test('the Services of canary and stable follow their pods, and both go to the stable ones after an abort', async () => {
  bench = await createBench();
  for (const name of ['api', 'api-canary']) bench.store.create('services', aService(name));
  const canary = { stableService: 'api', canaryService: 'api-canary', steps: [{ setWeight: 25 }, { pause: {} }] };
  bench.store.create(ROLLOUTS, aRollout({ strategy: { canary } }));
  await bench.clock.settle();
  await bench.patchSpec({ template: aTemplate('v2') });
  const { stableRS, currentPodHash } = bench.status();
  const selected = (name: string) => record(record(bench.get('services', name)['spec'])['selector'])['rollouts-pod-template-hash'];
  expect([selected('api'), selected('api-canary')]).toEqual([stableRS, currentPodHash]);
  await bench.patchStatus({ abort: true });
  expect([selected('api'), selected('api-canary')]).toEqual([stableRS, stableRS]);
});

test('a missing Service makes the spec invalid until it is there', async () => {
  const { status, store, clock } = await deployed({ strategy: { canary: { stableService: 'api', steps: [] } } });
  expect(status()).toMatchObject({
    phase: 'Degraded',
    message: 'InvalidSpec: The Rollout "api" is invalid: spec.strategy.canary.stableService: Invalid value: "api": service "api" not found',
  });
  store.create('services', aService('api'));
  await clock.settle();
  expect(status()['phase']).toBe('Healthy');
});

test('going back to an older template inside the rollback window needs no steps', async () => {
  const { status, clock } = await deployed({ spec: { rollbackWindow: { revisions: 3 } } });
  for (const image of ['v2', 'v3']) {
    await clock.advance(5_000);
    await bench.patchSpec({ template: aTemplate(image) });
    await bench.patchStatus({ promoteFull: true });
  }
  expect(status()).toMatchObject({ phase: 'Healthy' });
  await clock.advance(5_000);
  await bench.patchSpec({ template: aTemplate('v1') });
  expect(status()).toMatchObject({ phase: 'Healthy', currentStepIndex: 4 });
});

test('old ReplicaSets beyond the history limit are deleted', async () => {
  const { sets, clock } = await deployed({ strategy: { canary: {} }, spec: { revisionHistoryLimit: 1 } });
  for (const image of ['v2', 'v3', 'v4']) {
    await clock.advance(5_000);
    await bench.patchSpec({ template: aTemplate(image) });
  }
  expect(sets()).toMatchObject([
    { revision: 3, replicas: 0 },
    { revision: 4, replicas: 4 },
  ]);
});

test('restartAt replaces every pod, a few at a time', async () => {
  const { store, status, clock } = await deployed();
  const before = new Set(store.list('pods').map((pod) => pod.metadata.name));
  await clock.advance(10_000);
  await bench.patchSpec({ restartAt: '2026-01-01T00:00:08Z' });
  await clock.advance(120_000);
  expect(store.list('pods').filter((pod) => before.has(pod.metadata.name))).toEqual([]);
  expect(status()).toMatchObject({ phase: 'Healthy', restartedAt: '2026-01-01T00:00:08Z' });
});

test('a controller that starts again in mid-canary goes on from the same place', async () => {
  const { status, sets, clock } = await withCanary();
  const before = status();
  await bench.restart();
  expect(status()).toEqual(before);
  await bench.patchStatus({ pauseConditions: null });
  await bench.restart();
  await clock.advance(31_000);
  expect(status()['phase']).toBe('Healthy');
  expect(sets().map((set) => set.replicas)).toEqual([0, 4]);
});
