import type { RolloutView } from '@flow/core/rollout';
import { abort, promote, promoteFully, retry } from '@flow/delivery/rollouts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import { makeAnalysisTemplate, makeRollout, makeService, podsByVersion, release, selectedBy } from './a-rollout.ts';
import { openMeasurements, type Measurements } from './measurements.ts';
import { isHealthy, rolloutAt } from './watch-rollout.ts';

let engine: Engine;
let measurements: Measurements;
beforeAll(async () => {
  engine = await openEngine();
  measurements = await openMeasurements();
});
afterAll(async () => {
  await measurements[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const ref = (name: string) => ({ namespace: engine.namespace, name });
const isWaiting = (view: RolloutView) => view.phase === 'Paused' && view.pause?.reason === 'BlueGreenPause';

/** A Rollout with a Service for visitors and one for a look ahead, whose second version was released. */
async function previewed(name: string, strategy: Record<string, unknown> = {}): Promise<string> {
  for (const service of [`${name}-active`, `${name}-preview`]) await makeService(engine, service, name);
  const blueGreen = {
    activeService: `${name}-active`,
    previewService: `${name}-preview`,
    autoPromotionEnabled: false,
    scaleDownDelaySeconds: 3600,
    ...strategy,
  };
  await makeRollout(engine, name, { strategy: { blueGreen }, replicas: 2 });
  const { currentPodHash } = await rolloutAt(engine, name, isHealthy);
  await release(engine, name, 'v2');
  return currentPodHash;
}

async function analysedBy(name: string, path: 'good' | 'bad'): Promise<Record<string, unknown>> {
  const provider = { web: { url: measurements.address(path), jsonPath: '{$.errorRate}' } };
  await makeAnalysisTemplate(engine, name, { successCondition: 'result <= 0.05', provider });
  return { templates: [{ templateName: name }] };
}

describe('blue-green', () => {
  test('shows the new revision ahead, waits, and gives it the visitors when a person says so', async () => {
    const before = await previewed('waits');
    const view = await rolloutAt(engine, 'waits', isWaiting);
    await expect.poll(() => selectedBy(engine, 'waits-preview')).toBe(view.currentPodHash);
    expect(await selectedBy(engine, 'waits-active')).toBe(before);
    expect(await podsByVersion(engine, 'waits')).toEqual({ v1: 2, v2: 2 });
    const guard = { uid: view.uid, podHash: view.currentPodHash, pauseStartedAt: view.pause?.startedAt };
    expect(await promote(engine.client, ref('waits'), guard)).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'waits', isHealthy);
    await expect.poll(() => selectedBy(engine, 'waits-active')).toBe(view.currentPodHash);
    expect(await podsByVersion(engine, 'waits')).toEqual({ v1: 2, v2: 2 });
    expect(await promote(engine.client, ref('waits'), guard)).toMatchObject({ outcome: 'refused' });
  });

  test('that is aborted keeps its visitors on the old revision, and a retry waits anew', async () => {
    const before = await previewed('stopped');
    const view = await rolloutAt(engine, 'stopped', isWaiting);
    const revision = { uid: view.uid, podHash: view.currentPodHash };
    expect(await abort(engine.client, ref('stopped'), revision)).toEqual({ outcome: 'done' });
    const aborted = await rolloutAt(engine, 'stopped', ({ phase }) => phase === 'Degraded');
    expect(aborted.message).toBe('RolloutAborted: Rollout aborted update to revision 2');
    expect(await selectedBy(engine, 'stopped-active')).toBe(before);
    expect(await retry(engine.client, ref('stopped'), revision)).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'stopped', isWaiting);
  });

  test('goes on by itself after its time, where that is asked for', async () => {
    await previewed('timed', { autoPromotionEnabled: true, autoPromotionSeconds: 2 });
    const view = await rolloutAt(engine, 'timed', (seen) => isHealthy(seen) && seen.revision === 2);
    await expect.poll(() => selectedBy(engine, 'timed-active')).toBe(view.currentPodHash);
  });

  test('takes the pods of the old revision away when their time is over', async () => {
    await previewed('tidied', { autoPromotionEnabled: true, scaleDownDelaySeconds: 1 });
    await rolloutAt(engine, 'tidied', (seen) => isHealthy(seen) && seen.revision === 2);
    await eventually('the old pods are gone', async () => (await podsByVersion(engine, 'tidied'))['v1'] === 0);
    expect(await podsByVersion(engine, 'tidied')).toEqual({ v1: 0, v2: 2 });
  });

  test('does not switch when the analysis before it fails', async () => {
    const before = await previewed('unwell', { prePromotionAnalysis: await analysedBy('unwell', 'bad'), autoPromotionEnabled: true });
    const view = await rolloutAt(engine, 'unwell', ({ phase }) => phase === 'Degraded');
    expect(view).toMatchObject({
      aborted: true,
      message: expect.stringMatching(/^RolloutAborted: Rollout aborted update to revision 2: .*assessed Failed/),
    });
    expect(await selectedBy(engine, 'unwell-active')).toBe(before);
  });

  test('switches back when the analysis after it fails', async () => {
    const before = await previewed('regretted', {
      postPromotionAnalysis: await analysedBy('regretted', 'bad'),
      autoPromotionEnabled: true,
    });
    await rolloutAt(engine, 'regretted', ({ phase, aborted }) => phase === 'Degraded' && aborted);
    await expect.poll(() => selectedBy(engine, 'regretted-active')).toBe(before);
  });

  test('is promoted fully without a look ahead', async () => {
    await previewed('hurried', { prePromotionAnalysis: await analysedBy('hurried', 'good') });
    const view = await rolloutAt(engine, 'hurried', isWaiting);
    expect(await promoteFully(engine.client, ref('hurried'), { uid: view.uid, podHash: view.currentPodHash })).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'hurried', isHealthy);
  });
});
