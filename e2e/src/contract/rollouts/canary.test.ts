import type { RolloutView } from '@flow/core/rollout';
import { abort, pause, promote, promoteFully, resume, retry, skipStep, type RolloutGuard } from '@flow/delivery/rollouts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import { changeSpec, makeRollout, makeService, podsByVersion, release, selectedBy } from './a-rollout.ts';
import { isHealthy, rolloutAt, seeRollout } from './watch-rollout.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const steps = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '2s' } }, { setWeight: 75 }, { pause: {} }];
const ref = (name: string) => ({ namespace: engine.namespace, name });
const isPausedAt = (stepIndex: number) => (view: RolloutView) =>
  view.phase === 'Paused' && view.pause !== null && view.stepIndex === stepIndex;
const isOf = (revision: number, is: (view: RolloutView) => boolean) => (view: RolloutView) => view.revision === revision && is(view);
const guardOf = (view: RolloutView): RolloutGuard => ({
  uid: view.uid,
  podHash: view.currentPodHash,
  stepIndex: view.stepIndex ?? undefined,
  pauseStartedAt: view.pause?.startedAt,
});
const revisionOf = ({ uid, currentPodHash }: RolloutView): RolloutGuard => ({ uid, podHash: currentPodHash });

/** A Rollout that stands at its first pause with version v2. */
async function paused(name: string, more: { steps?: unknown; services?: boolean } = {}): Promise<RolloutView> {
  if (more.services === true) for (const service of [`${name}-canary`, `${name}-stable`]) await makeService(engine, service, name);
  const services = more.services === true ? { canaryService: `${name}-canary`, stableService: `${name}-stable` } : {};
  await makeRollout(engine, name, { strategy: { canary: { maxSurge: 1, maxUnavailable: 0, steps: more.steps ?? steps, ...services } } });
  await rolloutAt(engine, name, isHealthy);
  await release(engine, name, 'v2');
  return rolloutAt(engine, name, isOf(2, isPausedAt(1)));
}

describe('a canary', () => {
  test('runs no steps for its first revision, and is healthy with all pods', async () => {
    await makeRollout(engine, 'first', { strategy: { canary: { steps } } });
    const view = await rolloutAt(engine, 'first', isHealthy);
    expect(view).toMatchObject({
      phase: 'Healthy',
      revision: 1,
      stepIndex: 6,
      stepCount: 6,
      pause: null,
      aborted: false,
      canaryWeight: 100,
      replicas: { desired: 4, total: 4, updated: 4, available: 4 },
    });
    expect(view.currentPodHash).toMatch(/^[a-z0-9]{5,10}$/);
  });

  test('stops at its pause with its share of the pods, while the Services name the revisions', async () => {
    const view = await paused('shares', { services: true });
    expect(view).toMatchObject({ message: 'CanaryPauseStep', pause: { reason: 'CanaryPauseStep' }, canaryWeight: 25, held: false });
    expect(await podsByVersion(engine, 'shares')).toEqual({ v1: 3, v2: 1 });
    await expect.poll(() => selectedBy(engine, 'shares-canary')).toBe(view.currentPodHash);
    await expect.poll(() => selectedBy(engine, 'shares-stable')).toBe(view.stablePodHash);
  });

  test('is promoted past one pause by one click, passes a timed pause by itself, and ends with all pods of the new revision', async () => {
    const first = await paused('promoted');
    const guard = guardOf(first);
    expect(await promote(engine.client, ref('promoted'), guard)).toEqual({ outcome: 'done' });
    const last = await rolloutAt(engine, 'promoted', isPausedAt(5));
    expect(last.canaryWeight).toBe(75);
    expect(await promote(engine.client, ref('promoted'), guard)).toMatchObject({ outcome: 'refused', already: true });
    expect(await promote(engine.client, ref('promoted'), guardOf(last))).toEqual({ outcome: 'done' });
    const healthy = await rolloutAt(engine, 'promoted', isHealthy);
    expect(healthy).toMatchObject({ revision: 2, stepIndex: 6, currentPodHash: first.currentPodHash, canaryWeight: 100 });
    await eventually('the old pods are gone', async () => (await podsByVersion(engine, 'promoted'))['v1'] === 0);
    expect(await promote(engine.client, ref('promoted'), guard)).toMatchObject({
      outcome: 'refused',
      why: 'This revision was already promoted fully',
    });
  });

  test('is skipped step by step, each skip once', async () => {
    const view = await paused('skipped');
    const step = { ...revisionOf(view), stepIndex: 1 };
    expect(await skipStep(engine.client, ref('skipped'), step)).toEqual({ outcome: 'done' });
    expect(await skipStep(engine.client, ref('skipped'), step)).toMatchObject({ outcome: 'refused', already: true });
    await rolloutAt(engine, 'skipped', isPausedAt(5));
  });

  test('is promoted fully past all its steps', async () => {
    const view = await paused('full');
    expect(await promoteFully(engine.client, ref('full'), revisionOf(view))).toEqual({ outcome: 'done' });
    const healthy = await rolloutAt(engine, 'full', isHealthy);
    expect(healthy).toMatchObject({ revision: 2, stepIndex: 6, promotingFully: false });
    expect(await promoteFully(engine.client, ref('full'), revisionOf(view))).toMatchObject({ outcome: 'refused', already: true });
  });

  test('is held by a person at a timed pause, and goes on when it is let go', async () => {
    const view = await paused('held', { steps: [{ setWeight: 25 }, { pause: {} }, { pause: { duration: '2s' } }, { pause: {} }] });
    expect(await pause(engine.client, ref('held'), revisionOf(view))).toEqual({ outcome: 'done' });
    expect(await rolloutAt(engine, 'held', ({ held, phase }) => held && phase === 'Paused')).toMatchObject({ stepIndex: 1 });
    expect(await promote(engine.client, ref('held'), guardOf(view))).toEqual({ outcome: 'done' });
    expect(await rolloutAt(engine, 'held', isPausedAt(3))).toMatchObject({ held: false });
    expect(await pause(engine.client, ref('held'), revisionOf(view))).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'held', ({ held }) => held);
    expect(await resume(engine.client, ref('held'), revisionOf(view))).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'held', ({ held, phase }) => !held && phase === 'Paused');
  });

  test('that is aborted gives its pods back and says so; a retry begins at the first step', async () => {
    const view = await paused('aborted');
    expect(await abort(engine.client, ref('aborted'), revisionOf(view))).toEqual({ outcome: 'done' });
    const aborted = await rolloutAt(engine, 'aborted', ({ phase, canaryWeight }) => phase === 'Degraded' && canaryWeight === 0);
    expect(aborted).toMatchObject({
      aborted: true,
      message: 'RolloutAborted: Rollout aborted update to revision 2',
      stepIndex: 0,
      pause: null,
      currentPodHash: view.currentPodHash,
      stablePodHash: view.stablePodHash,
    });
    await eventually('the pods are those of the stable revision', async () => (await podsByVersion(engine, 'aborted'))['v1'] === 4);
    expect(await retry(engine.client, ref('aborted'), revisionOf(view))).toEqual({ outcome: 'done' });
    expect(await rolloutAt(engine, 'aborted', isPausedAt(1))).toMatchObject({ aborted: false, revision: 2, canaryWeight: 25 });
  });

  test('that is held and aborted goes back all the same', async () => {
    const view = await paused('held-aborted');
    expect(await pause(engine.client, ref('held-aborted'), revisionOf(view))).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'held-aborted', ({ held, phase }) => held && phase === 'Paused');
    expect(await abort(engine.client, ref('held-aborted'), revisionOf(view))).toEqual({ outcome: 'done' });
    expect(await rolloutAt(engine, 'held-aborted', ({ phase, canaryWeight }) => phase === 'Degraded' && canaryWeight === 0)).toMatchObject({
      aborted: true,
      held: false,
    });
  });
});

describe('a new revision in mid-canary', () => {
  test('begins at the first step, takes the pods of the one before, and refuses clicks that were meant for that', async () => {
    const before = await paused('overtaken');
    await release(engine, 'overtaken', 'v3');
    // The number of the revision is written before the rest.
    const isAnother = (view: RolloutView) => view.currentPodHash !== before.currentPodHash;
    const after = await rolloutAt(engine, 'overtaken', (view) => isAnother(view) && isPausedAt(1)(view));
    expect(after.revision).toBe(3);
    expect(after.stablePodHash).toBe(before.stablePodHash);
    await eventually('the pods of the revision before are gone', async () => (await podsByVersion(engine, 'overtaken'))['v2'] === 0);
    expect(await podsByVersion(engine, 'overtaken')).toEqual({ v1: 3, v2: 0, v3: 1 });
    for (const act of [promote, promoteFully, skipStep, pause, resume, abort, retry])
      expect(await act(engine.client, ref('overtaken'), guardOf(before))).toMatchObject({
        outcome: 'refused',
        why: expect.stringMatching(/A newer revision took over \(revision 3\)/),
      });
    expect(await seeRollout(engine, 'overtaken')).toMatchObject({ revision: 3, stepIndex: 1, held: false, aborted: false });
  });

  test('that is the stable one again is healthy at once, without steps', async () => {
    const before = await paused('reverted');
    await release(engine, 'reverted', 'v1');
    const after = await rolloutAt(engine, 'reverted', isHealthy);
    expect(after).toMatchObject({ revision: 3, stepIndex: 6, currentPodHash: before.stablePodHash, canaryWeight: 100 });
    await eventually('the pods of the canary are gone', async () => (await podsByVersion(engine, 'reverted'))['v2'] === 0);
  });

  test('after an abort takes the abort away', async () => {
    const before = await paused('again');
    await abort(engine.client, ref('again'), revisionOf(before));
    await rolloutAt(engine, 'again', ({ phase }) => phase === 'Degraded');
    await release(engine, 'again', 'v3');
    expect(await rolloutAt(engine, 'again', isOf(3, isPausedAt(1)))).toMatchObject({ aborted: false });
  });

  test('the same template after an abort changes nothing: it stays aborted', async () => {
    const before = await paused('same');
    await abort(engine.client, ref('same'), revisionOf(before));
    await rolloutAt(engine, 'same', ({ phase }) => phase === 'Degraded');
    await release(engine, 'same', 'v2');
    await changeSpec(engine, 'same', { replicas: 3 });
    const after = await rolloutAt(engine, 'same', ({ replicas }) => replicas.desired === 3 && replicas.total === 3);
    expect(after).toMatchObject({ aborted: true, phase: 'Degraded', currentPodHash: before.currentPodHash });
  });
});

test('changed steps in mid-canary begin at the first of them', async () => {
  const before = await paused('restepped');
  await changeSpec(engine, 'restepped', { strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }, { setWeight: 75 }] } } });
  const after = await rolloutAt(engine, 'restepped', (view) => isPausedAt(1)(view) && view.stepCount === 3 && view.canaryWeight === 50);
  expect(after.currentPodHash).toBe(before.currentPodHash);
});

test('more replicas in mid-canary keep the share of the canary', async () => {
  await paused('scaled');
  await changeSpec(engine, 'scaled', { replicas: 8 });
  await expect.poll(() => podsByVersion(engine, 'scaled')).toEqual({ v1: 6, v2: 2 });
  await rolloutAt(engine, 'scaled', (view) => isPausedAt(1)(view) && view.replicas.available === 8);
});

test('a container that asks for more than it may have is told at the Rollout, and nothing of it runs', async () => {
  const resources = { requests: { cpu: '0.5', memory: '1Gi' }, limits: { cpu: '500m', memory: '256Mi' } };
  const metadata = { labels: { app: 'greedy' } };
  const template = { metadata, spec: { containers: [{ name: 'main', image: 'registry.invalid/greedy:v1', resources }] } };
  await makeRollout(engine, 'greedy', { strategy: { canary: { steps } }, more: { template } });
  const view = await rolloutAt(engine, 'greedy', ({ phase }) => phase === 'Degraded');
  expect(view.message).toMatch(/^InvalidSpec: .*spec\.template\.spec\.containers\[0\]\.resources\.requests: .* memory limit of 256Mi$/);
  expect(view.replicas.total).toBe(0);
});
