import { findDrift } from '@flow/core/drift';
import { kinds, type ObjectRef } from '@flow/delivery/cluster';
import { putBack, readDeployed } from '@flow/delivery/drift';
import type { ReleaseRef } from '@flow/delivery/helm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { isHealthy, rolloutAt } from '../rollouts/watch-rollout.ts';
import { openReleases, type Releases } from './release-chart.ts';

let engine: Engine;
let releases: Releases;
beforeAll(async () => {
  engine = await openEngine();
  releases = await openReleases(engine);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

async function deployed(name: string, deploymentId: string): Promise<ReleaseRef> {
  await releases.deploy(name, deploymentId, {
    layer: { resources: { requests: { cpu: '0.5', memory: '131072Ki' } }, env: { LOG_LEVEL: 'info' } },
  });
  return { namespace: engine.namespace, name };
}

async function read(ref: ReleaseRef, deploymentId: string) {
  const found = await readDeployed(engine.client, ref, { deploymentId });
  if (found.kind !== 'read') throw new Error(JSON.stringify(found));
  return { objects: found.objects, drift: findDrift(found.objects) };
}

async function putAllBack(ref: ReleaseRef, deploymentId: string): Promise<void> {
  const { objects, drift } = await read(ref, deploymentId);
  for (const object of objects) {
    const own = drift.filter(({ kind, name }) => kind === object.ref.kind.kind && name === object.ref.name);
    if (own.length > 0) expect(await putBack(engine.client, ref, { object, drift: own })).toEqual({ ok: true });
  }
}

const paths = async (ref: ReleaseRef, deploymentId: string) =>
  (await read(ref, deploymentId)).drift.map(({ kind, path }) => `${kind} ${path}`.trim());

/** What somebody does by hand, under the name of their tool. */
async function byHand(ref: ObjectRef, spec: object): Promise<void> {
  const apiVersion = ref.kind.group === '' ? ref.kind.version : `${ref.kind.group}/${ref.kind.version}`;
  const body = { apiVersion, kind: ref.kind.kind, metadata: { name: ref.name }, spec };
  const done = await engine.admin.patch(ref, { type: 'apply', fieldManager: 'by-hand', force: true, body });
  if (!done.ok) throw new Error(done.message);
}

describe('drift', () => {
  test('nothing differs from what was deployed, whatever the server and the controllers have made of it, before and during a canary', async () => {
    const ref = await deployed('as-deployed', 'd-1');
    await rolloutAt(engine, ref.name, isHealthy);
    expect(await paths(ref, 'd-1')).toEqual([]);
    await deployed(ref.name, 'd-2');
    await rolloutAt(engine, ref.name, (view) => view.phase === 'Paused');
    expect(await paths(ref, 'd-2')).toEqual([]);
  });

  test('what somebody changes is told with who it was, and put back in its own fields alone', async () => {
    const ref = await deployed('by-hand', 'd-1');
    await rolloutAt(engine, ref.name, isHealthy);
    const rollout: ObjectRef = { kind: kinds.rollouts, namespace: ref.namespace, name: ref.name };
    await byHand(rollout, { replicas: 3 });
    const { drift } = await read(ref, 'd-1');
    expect(drift).toMatchObject([
      { kind: 'Rollout', path: 'spec.replicas', difference: { wanted: 2, found: 3 }, changedBy: { name: 'by-hand' } },
    ]);
    await putAllBack(ref, 'd-1');
    expect(await paths(ref, 'd-1')).toEqual([]);
    // An upgrade goes on as before.
    await deployed(ref.name, 'd-2');
    expect(await paths(ref, 'd-2')).toEqual([]);
  });

  test('what is written to other fields since it was read does not stand in the way, what is written to the same one does', async () => {
    const ref = await deployed('meanwhile', 'd-1');
    await rolloutAt(engine, ref.name, isHealthy);
    const rollout: ObjectRef = { kind: kinds.rollouts, namespace: ref.namespace, name: ref.name };
    await byHand(rollout, { replicas: 3 });
    const before = await read(ref, 'd-1');
    const object = before.objects.find((one) => one.ref.kind.kind === 'Rollout');
    if (object === undefined) throw new Error('There is no Rollout in the release');
    await engine.admin.patch(rollout, { type: 'merge', body: { metadata: { annotations: { 'example.com/note': 'seen' } } } });
    expect(await putBack(engine.client, ref, { object, drift: before.drift })).toEqual({ ok: true });
    expect(await paths(ref, 'd-1')).toEqual([]);
    await byHand(rollout, { replicas: 5 });
    expect(await putBack(engine.client, ref, { object, drift: before.drift })).toMatchObject({
      ok: false,
      why: expect.stringContaining('changed'),
    });
    await putAllBack(ref, 'd-1');
  });

  test('what somebody deletes is made anew so that Helm still knows it', async () => {
    const ref = await deployed('deleted', 'd-1');
    const budget: ObjectRef = { kind: kinds.podDisruptionBudgets, namespace: ref.namespace, name: ref.name };
    await engine.admin.delete(budget);
    await expect.poll(() => paths(ref, 'd-1')).toEqual(['PodDisruptionBudget']);
    await putAllBack(ref, 'd-1');
    expect(await paths(ref, 'd-1')).toEqual([]);
    await deployed(ref.name, 'd-2');
    await releases.helm.uninstall(ref);
    expect((await engine.client.get(budget)).ok).toBe(false);
  });

  test('a release of which Helm has no record of the deployment cannot be compared, and says what to do', async () => {
    const ref = await deployed('unknown', 'd-1');
    expect(await readDeployed(engine.client, ref, { deploymentId: 'another' })).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('deploy it again'),
    });
  });
});
