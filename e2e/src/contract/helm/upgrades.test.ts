import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from '@flow/core/fault';
import { createHelm, cureRelease, readHistory, type ReleaseRef } from '@flow/delivery/helm';
import { promote } from '@flow/delivery/rollouts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { isHealthy, rolloutAt, seeRollout } from '../rollouts/watch-rollout.ts';
import { openReleases, type ReleaseOptions, type Releases } from './release-chart.ts';

let engine: Engine;
let releases: Releases;
beforeAll(async () => {
  engine = await openEngine();
  releases = await openReleases(engine);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const ref = (name: string): ReleaseRef => ({ namespace: engine.namespace, name });
const historyOf = (name: string) => readHistory(engine.client, ref(name));
const cure = (name: string) => cureRelease({ helm: releases.helm, client: engine.client }, ref(name));

async function healthy(name: string, deployment: string, options?: ReleaseOptions): Promise<void> {
  await releases.deploy(name, deployment, options);
  await rolloutAt(engine, name, (view) => isHealthy(view) && view.deploymentId === deployment);
}

const paused = (name: string, deployment: string) =>
  rolloutAt(engine, name, (view) => view.phase === 'Paused' && view.deploymentId === deployment);

describe('an upgrade', () => {
  test('that changes the steps of the canary goes by the new ones', async () => {
    await healthy('restepped', 'd-1');
    const steps = [{ kind: 'weight', percent: 25 }, { kind: 'weight', percent: 75 }, { kind: 'pause' }] as const;
    await releases.deploy('restepped', 'd-2', { steps: [...steps], layer: { replicas: 4 } });
    const view = await paused('restepped', 'd-2');
    expect(view).toMatchObject({ stepIndex: 2, stepCount: 3, canaryWeight: 75, steps });
  });

  test('in mid-canary begins anew with the newest version, and a click for the one before is refused', async () => {
    await healthy('overtaken', 'd-1');
    await releases.deploy('overtaken', 'd-2');
    const before = await paused('overtaken', 'd-2');
    await releases.deploy('overtaken', 'd-3');
    await rolloutAt(engine, 'overtaken', (view) => view.currentPodHash !== before.currentPodHash);
    const after = await paused('overtaken', 'd-3');
    expect(after.stablePodHash).toBe(before.stablePodHash);
    const guard = { uid: before.uid, podHash: before.currentPodHash, stepIndex: 1, pauseStartedAt: before.pause?.startedAt };
    expect(await promote(engine.client, ref('overtaken'), guard)).toMatchObject({ outcome: 'refused' });
    expect((await historyOf('overtaken')).map(({ status }) => status)).toEqual(['superseded', 'superseded', 'deployed']);
  });

  test('of the same values and the same deployment makes a revision and no canary', async () => {
    await healthy('same', 'd-1');
    const before = await seeRollout(engine, 'same');
    await releases.deploy('same', 'd-1');
    expect((await historyOf('same')).map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'deployed'],
    ]);
    expect(await seeRollout(engine, 'same')).toMatchObject({ revision: 1, generation: before?.generation, phase: 'Healthy' });
  });

  test('back to an older revision by helm is a canary of its own, or none when it is the stable one', async () => {
    await healthy('back', 'd-1');
    await releases.deploy('back', 'd-2');
    await paused('back', 'd-2');
    await releases.helm.rollback({ ...ref('back'), revision: 1 });
    await rolloutAt(engine, 'back', (view) => isHealthy(view) && view.deploymentId === 'd-1');
    expect((await historyOf('back')).map(({ status, deploymentId }) => [status, deploymentId])).toEqual([
      ['superseded', 'd-1'],
      ['superseded', 'd-2'],
      ['deployed', 'd-1'],
    ]);
  });

  test('that the cluster refuses is failed, told as a fault of the configuration, and healed by the next one', async () => {
    await healthy('refused', 'd-1');
    const wrong = { annotations: { 'not a key of an annotation!': 'x' } };
    const failed = await releases.deploy('refused', 'd-2', { layer: wrong }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FlowError);
    expect(failed).toMatchObject({ code: 'invalid', owner: 'configuration', message: expect.stringContaining('annotations') });
    expect((await historyOf('refused')).map(({ status, deploymentId }) => [status, deploymentId])).toEqual([
      ['deployed', 'd-1'],
      ['failed', 'd-2'],
    ]);
    expect(await cure('refused')).toEqual({ outcome: 'notPending' });
    await releases.deploy('refused', 'd-3');
    await paused('refused', 'd-3');
    expect((await historyOf('refused')).map(({ status }) => status)).toEqual(['superseded', 'failed', 'deployed']);
  });
});

describe('two helms at once', () => {
  test.each([
    ['of a first install', false],
    ['of an upgrade', true],
  ])('%s: what did not win says that another one is at work, and the release holds what won', async (what, isThere) => {
    const name = what.replaceAll(' ', '-');
    if (isThere) await healthy(name, 'd-0');
    const deployments = ['d-1', 'd-2', 'd-3'];
    const ended = await Promise.allSettled(deployments.map((deployment) => releases.deploy(name, deployment)));
    const won = deployments.filter((_deployment, index) => ended[index]?.status === 'fulfilled');
    expect(won.length).toBeGreaterThan(0);
    for (const one of ended) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict', owner: 'flow' });
    const history = await historyOf(name);
    expect(history.filter(({ status }) => status === 'deployed')).toHaveLength(1);
    expect(history.every(({ status }) => status === 'deployed' || status === 'superseded')).toBe(true);
    expect(won).toContain(history.at(-1)?.deploymentId);
    expect((await seeRollout(engine, name))?.deploymentId).toBe(history.at(-1)?.deploymentId);
  });
});

test('a helm that is killed while its revision is pending leaves it so, blocks the next one, and is cured', async () => {
  const name = 'killed';
  await healthy(name, 'd-1');
  const pidFile = join(engine.folder, 'pid');
  const binary = join(engine.folder, 'helm-with-pid');
  writeFileSync(binary, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${releases.helm.binary}' "$@"\n`);
  chmodSync(binary, 0o755);
  const helm = await createHelm({ connection: engine.connection, homeDir: releases.homeDir, binary });
  let pending = 0;
  // It may be done before it is looked at: then it is tried again.
  for (let round = 2; pending === 0; round += 1) {
    const deploymentId = `d-${round}`;
    const upgrade = helm.upgradeInstall({ ...ref(name), chart: releases.chart, deploymentId, values: releases.values(deploymentId) });
    const ended = upgrade.then(
      () => true,
      () => true,
    );
    while (pending === 0 && !(await Promise.race([ended, Promise.resolve(false)]))) {
      const newest = (await historyOf(name)).at(-1);
      if (newest?.status !== 'pending-upgrade' || !existsSync(pidFile)) continue;
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
      pending = newest.revision;
    }
    await ended;
    if ((await historyOf(name)).at(-1)?.status !== 'pending-upgrade') pending = 0;
  }
  await expect(releases.deploy(name, 'd-next')).rejects.toMatchObject({ code: 'conflict', owner: 'flow' });
  expect(await cure(name)).toMatchObject({ outcome: 'rolledBack' });
  await releases.deploy(name, 'd-next');
  expect((await historyOf(name)).at(-1)).toMatchObject({ status: 'deployed', deploymentId: 'd-next' });
  expect((await seeRollout(engine, name))?.deploymentId).toBe('d-next');
});
