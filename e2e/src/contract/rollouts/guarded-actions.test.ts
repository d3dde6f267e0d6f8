import { kinds } from '@flow/delivery/cluster';
import { abort, pause, projectRollout, promote, promoteFully, resume, retry, skipStep, type RolloutGuard } from '@flow/delivery/rollouts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const startTime = '2026-01-01T00:00:00Z';
const paused = {
  phase: 'Paused',
  currentPodHash: 'new',
  stableRS: 'old',
  currentStepIndex: 1,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime }],
  controllerPause: true,
};
let count = 0;

/** A Rollout in a state that a controller would have left it in. None looks after it, so that each state can be had. */
async function given(
  status: Record<string, unknown> = paused,
  spec: Record<string, unknown> = {},
): Promise<{ ref: { namespace: string; name: string }; guard: RolloutGuard }> {
  const name = `checkout-${(count += 1)}`;
  const labels = { app: name };
  const created = await engine.client.create(
    { kind: kinds.rollouts, namespace: engine.namespace },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name, labels: { 'argo-rollouts.argoproj.io/controller-instance-id': 'nobody' } },
      spec: {
        replicas: 4,
        selector: { matchLabels: labels },
        strategy: { canary: { steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }] } },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'a' }] } },
        ...spec,
      },
    },
  );
  if (!created.ok) throw new Error(created.detail);
  await becomes(name, status);
  return {
    ref: { namespace: engine.namespace, name },
    guard: { uid: created.value.metadata.uid, podHash: 'new', stepIndex: 1, pauseStartedAt: startTime },
  };
}

async function becomes(name: string, status: Record<string, unknown>): Promise<void> {
  const answer = await engine.client.patch(
    { kind: kinds.rollouts, namespace: engine.namespace, name, subresource: 'status' },
    { type: 'merge', body: { status } },
  );
  if (!answer.ok) throw new Error(answer.detail);
}

async function view(name: string) {
  const answer = await engine.client.get({ kind: kinds.rollouts, namespace: engine.namespace, name });
  if (!answer.ok) throw new Error(answer.message);
  return projectRollout(answer.value);
}

describe('promote', () => {
  test('goes on from the pause that was meant, once', async () => {
    const { ref, guard } = await given();
    expect(await promote(engine.client, ref, guard)).toEqual({ outcome: 'done' });
    expect((await view(ref.name)).pause).toBeNull();
    expect(await promote(engine.client, ref, guard)).toMatchObject({ outcome: 'refused', already: true });
  });

  test('of two at the same moment passes one gate only', async () => {
    const { ref, guard } = await given();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => promote(engine.client, ref, guard)));
    expect(outcomes.filter((one) => one.outcome === 'done')).toHaveLength(1);
  });

  test('is refused when the world has moved on, and says to where', async () => {
    const { ref, guard } = await given();
    await becomes(ref.name, { currentPodHash: 'newer' });
    expect(await promote(engine.client, ref, guard)).toMatchObject({
      outcome: 'refused',
      why: expect.stringMatching(/A newer revision took over/),
      already: false,
    });
    await becomes(ref.name, { currentPodHash: 'new', currentStepIndex: 3 });
    expect(await promote(engine.client, ref, guard)).toMatchObject({
      why: 'It was already promoted past step 2: it is paused at step 4 of 4 now',
      already: true,
    });
    await becomes(ref.name, { currentStepIndex: 1, pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-01T01:00:00Z' }] });
    expect(await promote(engine.client, ref, guard)).toMatchObject({
      outcome: 'refused',
      why: expect.stringMatching(/It left that pause already/),
    });
    expect(await promote(engine.client, ref, { ...guard, uid: 'other' })).toMatchObject({
      why: 'It was deleted and made anew: look again',
    });
    expect(await promote(engine.client, { ...ref, name: 'gone' }, guard)).toMatchObject({ why: 'It is not there any more' });
  });

  test('past an inconclusive analysis moves on by one step', async () => {
    const { ref, guard } = await given({ ...paused, pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime }] });
    expect(await promote(engine.client, ref, guard)).toEqual({ outcome: 'done' });
    expect(await view(ref.name)).toMatchObject({ pause: null, stepIndex: 2 });
  });

  test('lifts a hold of a person too', async () => {
    const { ref, guard } = await given(paused, { paused: true });
    expect(await promote(engine.client, ref, guard)).toEqual({ outcome: 'done' });
    expect(await view(ref.name)).toMatchObject({ pause: null, held: false });
  });
});

describe('abort and retry', () => {
  const running = { ...paused, pauseConditions: null, controllerPause: false, phase: 'Progressing' };

  test('take the canary back and start it again, each repeat being harmless', async () => {
    const { ref, guard } = await given(running);
    const revision = { uid: guard.uid, podHash: guard.podHash };
    expect(await retry(engine.client, ref, revision)).toMatchObject({ outcome: 'refused', already: true });
    expect(await abort(engine.client, ref, revision)).toEqual({ outcome: 'done' });
    expect(await abort(engine.client, ref, revision)).toMatchObject({ outcome: 'refused', already: true });
    expect(await promoteFully(engine.client, ref, revision)).toMatchObject({ outcome: 'refused', why: 'It was aborted: retry it first' });
    expect(await retry(engine.client, ref, revision)).toEqual({ outcome: 'done' });
    expect((await view(ref.name)).aborted).toBe(false);
  });

  test('abort lifts a hold, since a held Rollout does not scale back', async () => {
    const { ref, guard } = await given(running, { paused: true });
    expect(await abort(engine.client, ref, { uid: guard.uid, podHash: 'new' })).toEqual({ outcome: 'done' });
    expect(await view(ref.name)).toMatchObject({ aborted: true, held: false });
  });

  test('abort is refused for a revision that has all traffic', async () => {
    const { ref, guard } = await given({ ...running, stableRS: 'new' });
    expect(await abort(engine.client, ref, { uid: guard.uid, podHash: 'new' })).toMatchObject({
      why: 'This revision was already promoted fully: roll back instead',
      already: false,
    });
  });
});

test('skip leaves the step that was meant, once', async () => {
  const { ref, guard } = await given();
  const step = { uid: guard.uid, podHash: 'new', stepIndex: 1 };
  expect(await skipStep(engine.client, ref, step)).toEqual({ outcome: 'done' });
  expect(await view(ref.name)).toMatchObject({ stepIndex: 2, pause: null });
  expect(await skipStep(engine.client, ref, step)).toMatchObject({ outcome: 'refused', already: true });
});

test('pause and resume hold the canary and let it go, each repeat being harmless', async () => {
  const { ref, guard } = await given();
  expect(await pause(engine.client, ref, guard)).toEqual({ outcome: 'done' });
  expect(await pause(engine.client, ref, guard)).toMatchObject({ already: true });
  expect((await view(ref.name)).held).toBe(true);
  expect(await resume(engine.client, ref, guard)).toEqual({ outcome: 'done' });
  expect(await resume(engine.client, ref, guard)).toMatchObject({ already: true });
});

test('promote fully asks the controller to leave out all steps', async () => {
  const { ref, guard } = await given();
  expect(await promoteFully(engine.client, ref, guard)).toEqual({ outcome: 'done' });
  expect((await view(ref.name)).promotingFully).toBe(true);
});
