import { FlowError } from '@flow/core/fault';
import { saveDecision } from '@flow/db/deployment';
import { wakeDueWayBacks, wayBackKey } from '@flow/db/jobs';
import { listWayBacks } from '@flow/db/way-back';
import { quarantineArtifact, releaseQuarantine } from '@flow/operations/promotion';
import { editService } from '@flow/operations/catalog';
import { actAs, createTestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GitReader } from '../git/read-commit.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { lookAtWaysBack } from './look-at-ways-back.ts';

// In development 1.1.0 runs, and 1.0.0 was healthy before.
let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.db.prisma.job.deleteMany();
  await world.db.prisma.wayBack.deleteMany();
  world.cluster.quotas.length = 0;
  world.cluster.releases.length = 0;
});

const noGit: GitReader = {
  readCommit: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  writeFolder: () => Promise.reject(new FlowError({ code: 'notFound', owner: 'configuration', message: 'The commit has no folder chart' })),
  readOwners: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
};
const silentGit: GitReader = {
  ...noGit,
  writeFolder: () => Promise.reject(new FlowError({ code: 'upstream', owner: 'configuration', message: 'The repository does not answer' })),
};

const place = () => ({ serviceId: world.tenant.serviceId, targetId: `${world.tenant.developmentId}-eu` });
const job = (key: string, tenantId: string | null = world.tenant.id) => ({
  kind: 'wayBack' as const,
  key,
  tenantId,
  generation: 1,
  attempts: 0,
});
/** Looks once, and tells what is shown then. */
const look = async (git = noGit) => {
  const handler = lookAtWaysBack({ ...world, git });
  expect(await handler(job(wayBackKey(place())), new AbortController().signal)).toEqual({ kind: 'done' });
  const [seen] = await listWayBacks(world.db.prisma, world.tenant.id, { serviceIds: [world.tenant.serviceId] });
  return seen === undefined ? null : { light: seen.light, sentence: seen.sentence };
};
const useChart = (chart: { kind: 'flow' } | { kind: 'repository'; path: string }) =>
  world.db.prisma.service.updateMany({ where: { id: world.tenant.serviceId }, data: { chart } });
const woken = async () => {
  const jobs = await world.db.prisma.job.findMany({ where: { kind: 'wayBack' }, orderBy: { key: 'asc' } });
  return jobs.map(({ key }) => key);
};
const toldCount = () => world.db.prisma.event.count({ where: { tenantId: world.tenant.id, type: 'service.changed' } });

describe('the light of a way back', () => {
  test('is on when the version before renders and nothing limits the namespace, and pages are told of it once', async () => {
    const before = await toldCount();
    const works = { light: 'works', sentence: '1.0.0 was healthy here before, its chart renders, and no quota limits it' };
    expect(await look()).toEqual(works);
    expect(await look()).toEqual(works);
    expect(await toldCount()).toBe(before + 1);
    expect(world.cluster.requests.filter(({ line }) => !line.startsWith('GET'))).toEqual([]);
  });

  test('counts what the quota of the namespace leaves', async () => {
    const quota = (used: string) => ({
      metadata: { name: 'team', uid: 'q', resourceVersion: '1' },
      spec: { hard: { pods: '10', 'requests.cpu': '1' } },
      status: { used: { pods: '2', 'requests.cpu': used } },
    });
    world.cluster.quotas.push(quota('100m'));
    expect(await look()).toMatchObject({ light: 'works', sentence: expect.stringContaining('the quota has room for it') });
    world.cluster.quotas.splice(0, 1, quota('980m'));
    expect(await look()).toEqual({
      light: 'doubtful',
      sentence: 'The quota team leaves 20m of requests.cpu, and going back to 1.0.0 needs 50m',
    });
  });

  test('is off when the version can no longer be prepared, in doubt while Helm still keeps it, and in doubt while that cannot be told', async () => {
    await useChart({ kind: 'repository', path: 'chart' });
    expect(await look()).toEqual({ light: 'none', sentence: '1.0.0 cannot be prepared any more: The commit has no folder chart' });
    const older = await world.db.prisma.deployment.findFirstOrThrow({
      where: { tenantId: world.tenant.id, environmentId: world.tenant.developmentId, artifactId: world.tenant.olderArtifactId },
    });
    const labels = { owner: 'helm', name: 'checkout', status: 'superseded', version: '3', 'flow.dev/deployment': older.id };
    world.cluster.releases.push({ metadata: { name: 'sh.helm.release.v1.checkout.v3', labels } });
    expect(await look()).toMatchObject({ light: 'doubtful', sentence: expect.stringContaining('only Helm revision 3 still holds it') });
    expect(await look(silentGit)).toEqual({
      light: 'doubtful',
      sentence: 'Whether 1.0.0 can still be prepared is not known: The repository does not answer',
    });
    await useChart({ kind: 'flow' });
  });

  test('is in doubt while the cluster does not answer, or is known to be out of reach, which is told at once', async () => {
    expect(await look()).toMatchObject({ light: 'works' });
    world.cluster.misbehaviour = { status: 403 };
    expect(await look()).toMatchObject({ light: 'doubtful', sentence: expect.stringContaining('does not allow Flow to list') });
    world.cluster.misbehaviour = null;
    await look();
    await world.db.prisma.cluster.update({ where: { id: world.tenant.clusterId }, data: { health: 'unreachable' } });
    const [shown] = await listWayBacks(world.db.prisma, world.tenant.id, { serviceIds: [world.tenant.serviceId] });
    expect(shown).toMatchObject({ light: 'doubtful', sentence: expect.stringContaining('cannot be reached at the moment') });
    const asked = world.cluster.requests.length;
    expect(await look()).toMatchObject({ light: 'doubtful', sentence: expect.stringContaining('cannot be reached') });
    expect(world.cluster.requests.length).toBe(asked);
    await world.db.prisma.cluster.update({ where: { id: world.tenant.clusterId }, data: { health: 'healthy' } });
  });

  test('is off while every other version is in quarantine, and each quarantine and release has it looked at', async () => {
    const { id: tenantId, people, olderArtifactId: artifactId } = world.tenant;
    const manager = actAs(world.db, tenantId, people.releaseManager.actor);
    await quarantineArtifact(manager, { artifactId, reason: 'It leaks' });
    expect(await woken()).toEqual([wayBackKey(place())]);
    expect(await look()).toEqual({ light: 'none', sentence: 'Every other version that was healthy here before 1.1.0 is in quarantine' });
    await world.db.prisma.job.deleteMany();
    await releaseQuarantine(manager, { artifactId, reason: 'It was the database' });
    expect(await woken()).toEqual([wayBackKey(place())]);
    expect(await look()).toMatchObject({ light: 'works' });
  });

  test('goes with what runs: where nothing does, there is none', async () => {
    await look();
    const running = await world.db.prisma.runningVersion.findFirstOrThrow({ where: { tenantId: world.tenant.id } });
    await world.db.prisma.runningVersion.deleteMany({ where: { tenantId: world.tenant.id } });
    expect(await look()).toBeNull();
    await world.db.prisma.runningVersion.create({ data: running });
  });
});

describe('a way back is looked at', () => {
  test('when a deployment ends, in each region that it has touched', async () => {
    const { id: tenantId, movingId: id } = world.tenant;
    const deployment = await world.db.prisma.deployment.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      include: { targets: true, artifact: true },
    });
    const targets = deployment.targets.map((target) => ({ ...target, state: 'paused' as const }));
    const read = { ...deployment, state: 'deploying' as const, targets };
    const decision = {
      state: 'failed' as const,
      reason: 'x',
      currentWave: 0,
      waveFinishedAt: null,
      targets: [],
      effects: [],
      wakeAt: null,
    };
    const verdict = { kind: 'allowed' as const, approvalsRequired: 0, reasons: [] };
    expect(await saveDecision(world.db, read, { decision, now: world.now(), auditId: world.newId, verdict })).toBe(true);
    const { serviceId } = deployment;
    expect(await woken()).toEqual(targets.map(({ targetId }) => wayBackKey({ serviceId, targetId })));
  });

  test('when the service is edited', async () => {
    const { id, people, serviceId } = world.tenant;
    await editService(actAs(world.db, id, people.admin.actor), { serviceId, values: { replicas: 3 } });
    expect(await woken()).toEqual([wayBackKey(place())]);
  });

  test('when nobody has, when what runs has changed since, and when its time has come, once each; archived places are left', async () => {
    const other = await createTestTenant(world.db);
    const theirs = wayBackKey({ serviceId: other.serviceId, targetId: `${other.developmentId}-eu` });
    const sweep = async () => {
      await world.db.prisma.job.deleteMany();
      await wakeDueWayBacks(world.db, { at: world.now(), limit: 10 });
      return woken();
    };
    expect(await sweep()).toEqual([wayBackKey(place()), theirs].toSorted());
    expect(await wakeDueWayBacks(world.db, { at: world.now(), limit: 10 })).toBe(0);
    await look();
    expect(await sweep()).toEqual([theirs]);
    await world.db.prisma.environment.updateMany({ where: { id: other.developmentId }, data: { archivedAt: world.now() } });
    expect(await sweep()).toEqual([]);
    await world.db.prisma.wayBack.updateMany({ data: { nextAt: world.now() } });
    expect(await sweep()).toEqual([wayBackKey(place())]);
    await look();
    await world.db.prisma.wayBack.updateMany({ data: { deploymentId: 'an earlier one' } });
    expect(await sweep()).toEqual([wayBackKey(place())]);
  });

  test('by one job for all, which comes back by itself', async () => {
    const handler = lookAtWaysBack({ ...world, git: noGit });
    const result = await handler(job('all', null), new AbortController().signal);
    expect(result).toEqual({ kind: 'waiting', until: new Date(world.now().getTime() + 300_000) });
    expect(await woken()).toContain(wayBackKey(place()));
  });
});
