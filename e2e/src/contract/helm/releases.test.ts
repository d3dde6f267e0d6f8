import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from '@flow/core/fault';
import { kinds } from '@flow/delivery/cluster';
import { createHelm, cureRelease, forgetPendingRollback, readHistory, readRelease, type Helm, type ReleaseRef } from '@flow/delivery/helm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { selectedBy } from '../rollouts/a-rollout.ts';
import { isHealthy, rolloutAt, seeRollout } from '../rollouts/watch-rollout.ts';
import { openReleases, type Releases } from './release-chart.ts';

let engine: Engine;
let releases: Releases;
let helm: Helm;
beforeAll(async () => {
  engine = await openEngine();
  releases = await openReleases(engine);
  helm = releases.helm;
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

/** Moments of an upgrade at which helm is killed. */
const killedRounds = 6;

let count = 0;
const aRelease = () => ({ namespace: engine.namespace, name: `checkout-${(count += 1)}` });
const upgrade = (ref: ReleaseRef, deploymentId: string, layer: Record<string, unknown> = {}) =>
  helm.upgradeInstall({ ...ref, chart: releases.chart, values: releases.values(deploymentId, { layer }), deploymentId });
const rolloutOf = (name: string) => seeRollout(engine, name);

async function faultOf(promise: Promise<unknown>): Promise<FlowError> {
  const result = await promise.then(() => null).catch((error: unknown) => error);
  if (!(result instanceof FlowError)) throw new Error(`no FlowError: ${String(result)}`);
  return result;
}

describe('a release', () => {
  test('is installed, upgraded, rolled back and removed, each revision naming its deployment', async () => {
    const ref = aRelease();
    expect(await readHistory(engine.client, ref)).toEqual([]);
    await upgrade(ref, 'd-1');
    await upgrade(ref, 'd-2');
    expect((await rolloutOf(ref.name))?.deploymentId).toBe('d-2');
    expect(await readHistory(engine.client, ref)).toEqual([
      { revision: 1, status: 'superseded', deploymentId: 'd-1' },
      { revision: 2, status: 'deployed', deploymentId: 'd-2' },
    ]);
    const release = await readRelease(engine.client, ref);
    expect(release).toMatchObject({ revision: 2, values: { flow: { deployment: 'd-2' } }, chart: { name: 'flow-service' } });
    expect(release?.manifest).toContain('kind: Rollout');
    await helm.rollback({ ...ref, revision: 1 });
    expect((await rolloutOf(ref.name))?.deploymentId).toBe('d-1');
    await helm.uninstall(ref);
    await helm.uninstall(ref);
    expect(await rolloutOf(ref.name)).toBeNull();
    expect(await readRelease(engine.client, ref)).toBeNull();
  });

  test('does not keep values of the revision before', async () => {
    const ref = aRelease();
    await upgrade(ref, 'd-1', { replicas: 7 });
    await upgrade(ref, 'd-2');
    expect((await rolloutOf(ref.name))?.replicas.desired).toBe(2);
  });

  test('leaves alone what the controller wrote into a Service', async () => {
    const ref = aRelease();
    const service = `${ref.name}-canary`;
    await upgrade(ref, 'd-1');
    const { currentPodHash: first } = await rolloutAt(engine, ref.name, isHealthy);
    await expect.poll(() => selectedBy(engine, service)).toBe(first);
    await upgrade(ref, 'd-2');
    const { currentPodHash: second } = await rolloutAt(engine, ref.name, (view) => view.phase === 'Paused');
    await expect.poll(() => selectedBy(engine, service)).toBe(second);
    await upgrade(ref, 'd-2', { annotations: { 'example.com/note': 'changed' } });
    expect(await selectedBy(engine, service)).toBe(second);
  });

  test('with a digest that is none is refused as a fault of the configuration, with the field', async () => {
    const ref = aRelease();
    const wrong = { ...releases.values('d-1'), image: { repository: 'a', digest: 'sha256:nope' } };
    const fault = await faultOf(helm.upgradeInstall({ ...ref, chart: releases.chart, values: wrong, deploymentId: 'd-1' }));
    expect(fault).toMatchObject({ code: 'invalid', owner: 'configuration' });
    expect(fault.message).toContain("at '/image/digest'");
    expect(await readHistory(engine.client, ref)).toEqual([]);
  });

  test('in a namespace that is not there says so', async () => {
    const fault = await faultOf(upgrade({ namespace: 'nowhere', name: 'checkout' }, 'd-1'));
    expect(fault).toMatchObject({ code: 'upstream', owner: 'cluster' });
    expect(fault.message).toMatch(/no such namespace/);
  });

  test('with a name that would be an argument is refused before helm runs', async () => {
    expect((await faultOf(helm.uninstall({ namespace: engine.namespace, name: '--all' }))).code).toBe('invalid');
    expect((await faultOf(helm.rollback({ namespace: '-A', name: 'a', revision: 1 }))).code).toBe('invalid');
  });
});

describe('a helm that was killed', () => {
  /** Leaves the release as helm does when it is killed in the middle: its newest revision pending. */
  async function leavePending(ref: { namespace: string; name: string }, revision: number, status: string): Promise<void> {
    const name = `sh.helm.release.v1.${ref.name}.v${revision}`;
    const secret = await engine.client.get({ kind: kinds.secrets, namespace: engine.namespace, name });
    if (!secret.ok) throw new Error(secret.message);
    const { gunzipSync, gzipSync } = await import('node:zlib');
    const data = secret.value['data'] as { release: string };
    const release = JSON.parse(gunzipSync(Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64')).toString()) as {
      info: { status: string };
    };
    release.info.status = status;
    const packed = Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
    await engine.admin.patch(
      { kind: kinds.secrets, namespace: engine.namespace, name },
      { type: 'merge', body: { metadata: { labels: { status } }, data: { release: packed } } },
    );
  }

  test('in an upgrade is cured by going back to the newest good revision, after which an upgrade works again', async () => {
    const ref = aRelease();
    await upgrade(ref, 'd-1');
    await upgrade(ref, 'd-2');
    await leavePending(ref, 2, 'pending-upgrade');
    expect(await faultOf(upgrade(ref, 'd-3'))).toMatchObject({ code: 'conflict', owner: 'flow' });
    expect(await cureRelease({ helm, client: engine.client }, ref)).toEqual({ outcome: 'rolledBack', toRevision: 1 });
    expect(await cureRelease({ helm, client: engine.client }, ref)).toEqual({ outcome: 'notPending' });
    await upgrade(ref, 'd-3');
    expect((await readHistory(engine.client, ref)).filter((one) => one.status === 'deployed')).toEqual([
      { revision: 4, status: 'deployed', deploymentId: 'd-3' },
    ]);
  });

  test('in a rollback before it changed anything takes the Rollout back when the rollback is made again', async () => {
    const ref = aRelease();
    await upgrade(ref, 'd-1');
    await upgrade(ref, 'd-2');
    const place = { kind: kinds.rollouts, ...ref };
    const before = await engine.client.get(place);
    if (!before.ok) throw new Error(before.message);
    await helm.rollback({ ...ref, revision: 1 });
    await leavePending(ref, 2, 'deployed');
    await leavePending(ref, 3, 'pending-rollback');
    const { metadata, ...rest } = before.value;
    await engine.admin.patch(place, { type: 'merge', body: { metadata: { labels: metadata.labels }, spec: rest['spec'] } });
    expect((await rolloutOf(ref.name))?.deploymentId).toBe('d-2');
    await forgetPendingRollback(engine.client, ref);
    await forgetPendingRollback(engine.client, ref);
    await helm.rollback({ ...ref, revision: 1 });
    expect((await rolloutOf(ref.name))?.deploymentId).toBe('d-1');
    expect((await readHistory(engine.client, ref)).filter((one) => one.status === 'deployed')).toEqual([
      { revision: 3, status: 'deployed', deploymentId: 'd-1' },
    ]);
  });

  test('in the first install is cured by removing what it made', async () => {
    const ref = aRelease();
    await upgrade(ref, 'd-1');
    await leavePending(ref, 1, 'pending-install');
    expect(await cureRelease({ helm, client: engine.client }, ref)).toEqual({ outcome: 'removed' });
    await upgrade(ref, 'd-1');
    expect(await readHistory(engine.client, ref)).toEqual([{ revision: 1, status: 'deployed', deploymentId: 'd-1' }]);
  });

  /** A helm that is killed without a word after a time, whatever it is at. */
  async function helmKilledAfter(killAfterMs: number): Promise<Helm> {
    const binary = join(engine.folder, `helm-killed-after-${killAfterMs}`);
    writeFileSync(binary, `#!/bin/sh\nexec timeout -s KILL ${killAfterMs / 1000} '${helm.binary}' "$@"\n`);
    chmodSync(binary, 0o755);
    return createHelm({ connection: engine.connection, homeDir: releases.homeDir, binary });
  }

  test('at any moment leaves a release that is cured and then holds exactly what was asked for', async () => {
    const ref = aRelease();
    await upgrade(ref, 'd-0');
    const startedMs = Date.now();
    await upgrade(ref, 'd-0');
    const wholeMs = Date.now() - startedMs;
    for (let round = 1; round <= killedRounds; round += 1) {
      const killed = await helmKilledAfter(Math.round((wholeMs * round) / killedRounds));
      const deploymentId = `d-${round}`;
      await killed
        .upgradeInstall({ ...ref, chart: releases.chart, values: releases.values(deploymentId), deploymentId })
        .catch(() => undefined);
      await cureRelease({ helm, client: engine.client }, ref);
      const history = await readHistory(engine.client, ref);
      const isDone = history.some((one) => one.deploymentId === deploymentId && one.status === 'deployed');
      if (!isDone) await upgrade(ref, deploymentId);
      const after = await readHistory(engine.client, ref);
      expect(after.filter((one) => one.status === 'deployed')).toEqual([after.at(-1)]);
      expect(after.at(-1)?.deploymentId).toBe(deploymentId);
      expect((await rolloutOf(ref.name))?.deploymentId).toBe(deploymentId);
    }
  });

  test('by its time limit is told to stop, and the message says what Flow does next', async () => {
    const slow = join(engine.folder, 'slow-helm');
    writeFileSync(slow, '#!/bin/sh\nexec sleep 60\n');
    chmodSync(slow, 0o755);
    const stuck = await createHelm({ connection: engine.connection, homeDir: join(engine.folder, 'helm'), binary: slow });
    const fault = await faultOf(stuck.uninstall({ ...aRelease(), timeoutMs: 200 }));
    expect(fault).toMatchObject({ code: 'upstream', owner: 'cluster' });
    expect(fault.message).toMatch(/took longer than/);
    const stop = new AbortController();
    const ending = stuck.uninstall({ ...aRelease(), signal: stop.signal });
    stop.abort();
    await expect(ending).rejects.toThrow(/abort/i);
  });

  test('sees nothing of the environment of Flow', async () => {
    const nosy = join(engine.folder, 'nosy-helm');
    writeFileSync(nosy, '#!/bin/sh\necho "Error: template: $(env | cut -d= -f1 | sort | tr "\\n" " ")" >&2\nexit 1\n');
    chmodSync(nosy, 0o755);
    const spy = await createHelm({ connection: engine.connection, homeDir: join(engine.folder, 'helm'), binary: nosy });
    const { message } = await faultOf(spy.uninstall(aRelease()));
    const seen = message
      .slice(message.indexOf('template: ') + 10)
      .split(' ')
      .filter((name) => name !== '');
    expect(seen).toEqual([
      'HELM_CACHE_HOME',
      'HELM_CONFIG_HOME',
      'HELM_DATA_HOME',
      'HELM_DRIVER',
      'HELM_PLUGINS',
      'HOME',
      'KUBECONFIG',
      'NO_COLOR',
      'PWD',
      'TMPDIR',
    ]);
  });
});
