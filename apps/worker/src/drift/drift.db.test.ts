import { findRunningRelease, listDueReleases } from '@flow/db/drift';
import { acquireLease, releaseLease } from '@flow/db/leases';
import { createHelm } from '@flow/delivery/helm';
import { adoptDrift, reapplyDeployed } from '@flow/operations/drift';
import { actAs, createTestTenant, testId } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Clusters } from '../clusters/clusters.ts';
import { ReleaseCluster } from '../testing/release-cluster.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { reapplyReleases } from './reapply.ts';
import { scanDrift, wakeDriftScans } from './scan.ts';

const manifest = [
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'checkout' },
    spec: { replicas: 2, revisionHistoryLimit: 5, template: { spec: { containers: [{ name: 'main', image: 'a', env: [] }] } } },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'checkout' }, data: { level: 'info' } },
];

let world: WorkerWorld;
let cluster: ReleaseCluster;
let dependencies: WorkerWorld & { holder: string };
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.db.prisma.drift.deleteMany();
  await world.db.prisma.driftScan.deleteMany();
  await world.db.prisma.notification.deleteMany({ where: { kind: 'driftFound' } });
  await world.db.prisma.job.deleteMany();
  cluster = new ReleaseCluster();
  cluster.install('checkout', world.tenant.succeededId, manifest);
  const { clusterId } = world.tenant;
  const connection = { server: world.address, caPem: null, credential: { kind: 'token' as const, token: 'x' } };
  const helm = await createHelm({ connection, homeDir: world.stateDir, binary: 'unused' });
  const open: Clusters['open'] = async () => ({
    id: clusterId,
    name: 'test',
    purposes: ['releases'],
    client: cluster.client(),
    helm,
    closed: new AbortController().signal,
  });
  dependencies = { ...world, holder: 'w1', clusters: { ...world.clusters, open } };
});

const signal = new AbortController().signal;
const job = (kind: 'driftScan' | 'driftReapply', key: string, tenantId: string | null = null) => ({
  kind,
  key,
  tenantId,
  generation: 1,
  attempts: 1,
});
const scan = () => scanDrift(dependencies)(job('driftScan', world.tenant.clusterId), signal);
const place = () => ({ serviceId: world.tenant.serviceId, targetId: `${world.tenant.developmentId}-eu` });
const developer = () => actAs(world.db, world.tenant.id, world.tenant.people.developer.actor);
const apply = () => reapplyReleases(dependencies)(job('driftReapply', Object.values(place()).join('/'), world.tenant.id), signal);
const later = (minutes: number) => {
  world.time.now = new Date(world.time.now.getTime() + minutes * 60_000);
};

/** What somebody does by hand. */
function byHand(key: string, change: Record<string, unknown>): void {
  const object = cluster.objects.get(key) ?? {};
  cluster.objects.set(key, { ...object, ...change });
}
/** Whether a deployment moves in the place. */
async function moves(isMoving: boolean): Promise<void> {
  const where = { tenantId_id: { tenantId: world.tenant.id, id: world.tenant.succeededId } };
  const activePlace = isMoving ? `${world.tenant.serviceId}/${world.tenant.developmentId}` : null;
  await world.db.prisma.deployment.update({ where, data: { activePlace } });
}
const scaled = (replicas: number) => ({ spec: { ...manifest[0]?.spec, replicas } });

const open = async () =>
  (await world.db.prisma.drift.findMany({ where: { openKey: { not: null } }, orderBy: [{ object: 'asc' }, { path: 'asc' }] })).map(
    ({ object, path, wanted, found }) => [object, path, wanted, found],
  );
const toldCount = () => world.db.prisma.notification.count({ where: { kind: 'driftFound' } });

describe('a scan', () => {
  test('finds nothing where all is as it was deployed, and says when it looked', async () => {
    expect(await scan()).toEqual({ kind: 'done' });
    expect(await open()).toEqual([]);
    expect(await world.db.prisma.driftScan.findFirst()).toMatchObject({
      trouble: '',
      comparedAt: world.now(),
      deploymentId: world.tenant.succeededId,
    });
  });

  test('finds what differs and what is gone, tells of it once, and sees when it is as it was', async () => {
    byHand('Rollout/checkout', scaled(5));
    cluster.objects.delete('ConfigMap/checkout');
    await scan();
    expect(await open()).toEqual([
      ['ConfigMap/checkout', '', null, null],
      ['Rollout/checkout', 'spec.replicas', '2', '5'],
    ]);
    later(11);
    await scan();
    expect(await toldCount()).toBe(1);
    cluster.install('checkout', world.tenant.succeededId, manifest);
    later(11);
    await scan();
    expect(await open()).toEqual([]);
  });

  test('is made every ten minutes, and at once when a person asks', async () => {
    await scan();
    byHand('Rollout/checkout', scaled(5));
    later(5);
    await scan();
    expect(await open()).toEqual([]);
    await world.db.prisma.driftScan.updateMany({ data: { askedAt: world.now() } });
    await scan();
    expect(await open()).toHaveLength(1);
  });

  test('keeps no secret, and still tells one value from another', async () => {
    const withSecret = (value: string) => [{ ...manifest[1], data: { password: value } }];
    cluster.install('checkout', world.tenant.succeededId, withSecret('canary-in-the-mine'));
    byHand('ConfigMap/checkout', { data: { password: 'another-canary' } });
    await scan();
    const kept = await world.db.prisma.drift.findFirstOrThrow();
    expect(kept).toMatchObject({ path: 'data.password', isHidden: true });
    expect(JSON.stringify(kept)).not.toContain('canary');
    byHand('ConfigMap/checkout', { data: { password: 'a-third-canary' } });
    later(11);
    await scan();
    expect((await world.db.prisma.drift.findFirstOrThrow({ where: { openKey: { not: null } } })).fingerprint).not.toBe(kept.fingerprint);
  });

  test('of a cluster that cannot be reached leaves what was known, with the reason', async () => {
    byHand('Rollout/checkout', scaled(5));
    await scan();
    cluster.isReachable = false;
    later(11);
    expect(await scan()).toEqual({ kind: 'done' });
    expect(await open()).toHaveLength(1);
    expect(await world.db.prisma.driftScan.findFirst()).toMatchObject({ trouble: 'The cluster cannot be reached' });
  });

  test('passes over a place in which a deployment moves', async () => {
    await moves(true);
    byHand('Rollout/checkout', scaled(5));
    await scan();
    expect(await open()).toEqual([]);
    await moves(false);
    await scan();
    expect(await open()).toHaveLength(1);
  });

  test('takes the tenants of a cluster in turn, and what has failed where it was left as what was deployed there', async () => {
    const { db, tenant } = world;
    const other = await createTestTenant(db);
    await db.prisma.target.updateMany({ where: { tenantId: other.id }, data: { clusterId: tenant.clusterId } });
    const running = await db.prisma.runningVersion.findFirstOrThrow({ where: { tenantId: tenant.id } });
    await db.prisma.runningVersion.create({ data: { ...running, environmentId: tenant.quietId, targetId: `${tenant.quietId}-eu` } });
    const due = { clusterId: tenant.clusterId, before: world.now(), limit: 2 };
    expect((await listDueReleases(db.prisma, due)).map(({ tenantId }) => tenantId).toSorted()).toEqual([tenant.id, other.id].toSorted());
    expect(await listDueReleases(db.prisma, { ...due, limit: 9 })).toHaveLength(3);

    const [failed] = await db.prisma.targetDeployment.findMany({
      where: { tenantId: other.id, targetId: `${other.developmentId}-eu` },
      take: 1,
    });
    const ended = { state: 'failed', releaseRevision: 3, finishedAt: world.now() };
    await db.prisma.targetDeployment.updateMany({ where: { tenantId: other.id, id: failed?.id ?? '' }, data: ended });
    const ofOther = (await listDueReleases(db.prisma, { ...due, limit: 9 })).find(({ tenantId }) => tenantId === other.id);
    expect(ofOther?.deploymentId).toBe(failed?.deploymentId);
    const place = { serviceId: other.serviceId, targetId: `${other.developmentId}-eu` };
    expect((await findRunningRelease(db.prisma, other.id, place))?.deploymentId).toBe(failed?.deploymentId);
    await db.prisma.runningVersion.deleteMany({ where: { tenantId: tenant.id, environmentId: tenant.quietId } });
    await db.prisma.runningVersion.deleteMany({ where: { tenantId: other.id } });
  });

  test('looks at every cluster that takes releases, each minute', async () => {
    await wakeDriftScans(world);
    const result = await scanDrift(dependencies)(job('driftScan', 'all'), signal);
    expect(result).toEqual({ kind: 'waiting', until: new Date(world.now().getTime() + 60_000) });
    const woken = await world.db.prisma.job.findMany({ where: { kind: 'driftScan' }, orderBy: { key: 'asc' } });
    const known = await world.db.prisma.cluster.findMany({ select: { id: true } });
    expect(woken.map(({ key }) => key).toSorted()).toEqual(['all', ...known.map(({ id }) => id)].toSorted());
  });
});

describe('applying again what was deployed', () => {
  test('puts back what differs and makes what is gone, leaves what was adopted, and is compared at once', async () => {
    byHand('Rollout/checkout', { spec: { ...manifest[0]?.spec, replicas: 5, revisionHistoryLimit: 9 } });
    cluster.objects.delete('ConfigMap/checkout');
    await scan();
    const { id: driftId } = await world.db.prisma.drift.findFirstOrThrow({ where: { path: 'spec.revisionHistoryLimit' } });
    await adoptDrift(developer(), { driftId, reason: 'More to go back to' });
    await reapplyDeployed(developer(), place());
    expect(await apply()).toEqual({ kind: 'done' });
    expect(cluster.objects.get('Rollout/checkout')).toMatchObject({ spec: { replicas: 2, revisionHistoryLimit: 9 } });
    expect(cluster.objects.get('ConfigMap/checkout')).toMatchObject({
      data: { level: 'info' },
      metadata: { annotations: { 'meta.helm.sh/release-name': 'checkout' } },
    });
    expect(await open()).toEqual([['Rollout/checkout', 'spec.revisionHistoryLimit', '5', '9']]);
    const { reapplyState, reapplyResult } = await world.db.prisma.driftScan.findFirstOrThrow();
    expect({ reapplyState, reapplyResult }).toEqual({
      reapplyState: 'done',
      reapplyResult: 'In eu-west 2 differences were put back as deployed',
    });
    expect(await world.db.prisma.auditEntry.count({ where: { tenantId: world.tenant.id, action: 'drift.reapplied' } })).toBe(1);
  });

  test('waits while another one writes to the release', async () => {
    byHand('Rollout/checkout', scaled(5));
    await scan();
    await reapplyDeployed(developer(), place());
    const target = await world.db.prisma.target.findFirstOrThrow({ where: { id: place().targetId } });
    const name = `release/${target.clusterId}/${target.namespace}/checkout`;
    const lease = await acquireLease(world.db, { name, holder: testId('helm'), durationMs: 600_000 });
    if (lease === undefined) throw new Error('somebody holds the release');
    expect(await apply()).toMatchObject({ kind: 'waiting' });
    expect(cluster.objects.get('Rollout/checkout')).toMatchObject({ spec: { replicas: 5 } });
    await releaseLease(world.db, lease);
    expect(await apply()).toEqual({ kind: 'done' });
    expect(await open()).toEqual([]);
  });

  test('ends with the access of whoever asked, and when a deployment has begun to move', async () => {
    byHand('Rollout/checkout', scaled(5));
    await scan();
    const endsWith = async (why: string) => {
      await apply();
      const failed = { reapplyState: 'failed', reapplyResult: expect.stringContaining(why) };
      expect(await world.db.prisma.driftScan.findFirst()).toMatchObject(failed);
      expect(cluster.objects.get('Rollout/checkout')).toMatchObject({ spec: { replicas: 5 } });
    };
    await reapplyDeployed(developer(), place());
    const member = { tenantId: world.tenant.id, userId: world.tenant.people.developer.id };
    await world.db.prisma.membership.updateMany({ where: member, data: { role: 'viewer' } });
    await endsWith('may not do it here any more');
    await world.db.prisma.membership.updateMany({ where: member, data: { role: 'developer' } });

    await reapplyDeployed(developer(), place());
    await moves(true);
    await endsWith('A deployment began to move there');
    await moves(false);
  });

  test('of a cluster that cannot be reached is tried again, not given up', async () => {
    byHand('Rollout/checkout', scaled(5));
    await scan();
    await reapplyDeployed(developer(), place());
    cluster.isReachable = false;
    await expect(apply()).rejects.toMatchObject({ code: 'upstream' });
    expect(await world.db.prisma.driftScan.findFirst()).toMatchObject({ reapplyState: 'asked' });
    cluster.isReachable = true;
    expect(await apply()).toEqual({ kind: 'done' });
  });
});
