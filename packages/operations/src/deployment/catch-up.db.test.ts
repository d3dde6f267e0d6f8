import { plan } from '@flow/core/deployment';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordClusterHealth } from '../cluster/index.ts';
import { quarantineArtifact } from '../promotion/index.ts';
import { actAs, createTestTenant, endOf, recordedOf, systemActor, testId } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { askForDeployment, catchUpRegion } from './index.ts';

// In the quiet environment a deployment has succeeded in eu-west and has skipped us-east, whose cluster is away.
let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let deploymentId: string;
let targetDeploymentId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
  const { id: tenantId, quietId: environmentId, unusedClusterId: clusterId } = tenant;
  await db.prisma.cluster.update({ where: { id: clusterId }, data: { region: 'us-east', health: 'unreachable' } });
  const target = { id: `${environmentId}-us`, environmentId, region: 'us-east', clusterId, namespace: 'quiet-us' };
  await db.prisma.target.create({ data: { tenantId, ...target } });
  await db.prisma.environment.updateMany({ where: { id: environmentId }, data: { waves: [['eu-west'], ['us-east']] } });
  ({ deploymentId } = await askForDeployment(developer(), toQuiet()));
  await db.prisma.deployment.updateMany({ where: { id: deploymentId }, data: { state: 'succeeded' } });
  await db.prisma.targetDeployment.updateMany({ where: { deploymentId, region: 'eu-west' }, data: { state: 'healthy' } });
  await db.prisma.targetDeployment.updateMany({
    where: { deploymentId, region: 'us-east' },
    data: { state: 'skipped', catchUp: 'waiting' },
  });
  ({ id: targetDeploymentId } = await skipped());
});

const developer = () => actAs(db, tenant.id, tenant.people.developer.actor);
const flow = () => actAs(db, tenant.id, systemActor);
const toQuiet = (over: object = {}) => ({
  serviceId: tenant.serviceId,
  environmentId: tenant.quietId,
  artifactId: tenant.artifactId,
  ...over,
});
const skipped = () => db.prisma.targetDeployment.findFirstOrThrow({ where: { tenantId: tenant.id, deploymentId, region: 'us-east' } });
const catchUp = () => catchUpRegion(flow(), { targetDeploymentId });
const clusterIs = (health: 'healthy' | 'unreachable') =>
  recordClusterHealth(flow(), { clusterId: tenant.unusedClusterId, health, healthReason: null, capabilities: null });

describe('a region that was skipped', () => {
  test('waits for its cluster, is woken when it is back, and gets the same in that region alone, once', async () => {
    expect(await catchUp()).toEqual({ kind: 'waits', why: 'its cluster cannot be reached' });
    // So it rests with the workers.
    const runAt = new Date(flow().now.getTime() + 60_000);
    await wake(db.prisma, { kind: 'catchUp', key: targetDeploymentId, tenantId: tenant.id, runAt });
    await clusterIs('healthy');
    expect((await db.prisma.job.findFirstOrThrow({ where: { kind: 'catchUp', key: targetDeploymentId } })).runAt).toEqual(flow().now);
    const started = await catchUp();
    if (started.kind !== 'started') throw new Error(started.kind);
    const made = await db.prisma.deployment.findFirstOrThrow({
      where: { tenantId: tenant.id, id: started.deploymentId },
      include: { targets: true },
    });
    expect(made).toMatchObject({
      artifactId: tenant.artifactId,
      repeatsId: deploymentId,
      invoker: 'automation',
      requestedBy: null,
      state: 'preparing',
    });
    expect(made.targets.map(({ region, state }) => [region, state])).toEqual([['us-east', 'pending']]);
    expect(plan.parse(made.plan).waves.map(({ targets }) => targets.map(({ region }) => region))).toEqual([['us-east']]);
    expect(await skipped()).toMatchObject({ state: 'skipped', catchUp: 'started', catchUpId: started.deploymentId });
    expect((await recordedOf(db, tenant.id, 'deployment.catchUp')).auditCount).toBe(1);
    expect(await catchUp()).toEqual({ kind: 'ended' });
  });

  test('is asked for once, though whoever did so died before it was recorded', async () => {
    await clusterIs('healthy');
    const first = await catchUp();
    await db.prisma.targetDeployment.updateMany({ where: { id: targetDeploymentId }, data: { catchUp: 'waiting', catchUpId: null } });
    await db.prisma.deployment.updateMany({
      where: { id: first.kind === 'started' ? first.deploymentId : '' },
      data: { state: 'cancelled' },
    });
    expect(await catchUp()).toEqual(first);
  });

  test('waits while another deployment waits there: a request of Flow’s own takes nothing over', async () => {
    await clusterIs('healthy');
    const { deploymentId: other } = await askForDeployment(developer(), toQuiet({ artifactId: tenant.olderArtifactId }));
    expect(await catchUp()).toEqual({ kind: 'waits', why: 'another deployment waits or moves there' });
    const later = new Date(flow().now.getTime() + 1_000);
    await db.prisma.deployment.updateMany({ where: { id: other }, data: { state: 'succeeded', createdAt: later } });
    await db.prisma.targetDeployment.updateMany({ where: { deploymentId: other }, data: { state: 'healthy' } });
    expect(await catchUp()).toEqual({ kind: 'ended' });
    expect(await skipped()).toMatchObject({
      catchUp: 'dropped',
      reason: expect.stringContaining('a later deployment has succeeded'),
    });
  });

  test.each(['waiting', 'started', 'dropped'])(
    'gets nothing older than a later deployment that has skipped it too and is %s',
    async (far) => {
      const { deploymentId: later } = await askForDeployment(developer(), toQuiet({ artifactId: tenant.olderArtifactId }));
      const createdAt = new Date(flow().now.getTime() + 1_000);
      await db.prisma.deployment.updateMany({ where: { id: later }, data: { state: 'succeeded', createdAt } });
      await db.prisma.targetDeployment.updateMany({ where: { deploymentId: later, region: 'eu-west' }, data: { state: 'healthy' } });
      const behind = { deploymentId: later, region: 'us-east' };
      await db.prisma.targetDeployment.updateMany({ where: behind, data: { state: 'skipped', catchUp: far } });
      await clusterIs('healthy');
      expect(await catchUp()).toEqual({ kind: 'ended' });
      expect(await skipped()).toMatchObject({ catchUp: 'dropped', reason: expect.stringContaining('a later deployment has succeeded') });
      const { id } = await db.prisma.targetDeployment.findFirstOrThrow({ where: { tenantId: tenant.id, ...behind } });
      expect(await catchUpRegion(flow(), { targetDeploymentId: id })).toMatchObject({ kind: far === 'waiting' ? 'started' : 'ended' });
    },
  );

  test('comes after whatever is asked for there at the same moment', async () => {
    await clusterIs('healthy');
    const held = Promise.withResolvers<void>();
    const isHeld = Promise.withResolvers<void>();
    const others = db.prisma.$transaction(async (tx) => {
      // What asking for a deployment holds.
      await tx.$queryRaw`SELECT 1 FROM environment WHERE tenant_id = ${tenant.id} AND id = ${tenant.quietId} FOR SHARE`;
      isHeld.resolve();
      await held.promise;
      const like = await tx.deployment.findFirstOrThrow({ where: { id: deploymentId } });
      const { plan: planned, verdict: _verdict, snapshot: _snapshot, ...row } = like;
      await tx.deployment.create({ data: { ...row, id: testId('deployment'), state: 'held', plan: plan.parse(planned), snapshot: {} } });
    });
    await isHeld.promise;
    const caughtUp = catchUp();
    await expect
      .poll(async () => {
        const waiting = await db.prisma.$queryRaw<unknown[]>`SELECT 1 FROM pg_locks WHERE NOT granted`;
        return waiting.length;
      })
      .toBeGreaterThan(0);
    held.resolve();
    await others;
    expect(await caughtUp).toMatchObject({ kind: 'waits' });
    expect(await skipped()).toMatchObject({ catchUp: 'waiting', catchUpId: null });
  });

  test.each([
    [
      'the deployment went back',
      () => db.prisma.deployment.updateMany({ where: { id: deploymentId }, data: { state: 'rolledBack' } }),
      'did not succeed',
    ],
    [
      'the environment is archived',
      () => db.prisma.environment.updateMany({ where: { id: tenant.quietId }, data: { archivedAt: flow().now } }),
      'no longer there',
    ],
    [
      'the version is in quarantine',
      () => quarantineArtifact(developer(), { artifactId: tenant.artifactId, reason: 'It leaks' }),
      'It leaks',
    ],
  ])('is given up when %s, which is recorded and told', async (_what, happens, why) => {
    await clusterIs('healthy');
    await happens();
    expect(await catchUp()).toEqual({ kind: 'ended' });
    expect(await skipped()).toMatchObject({ state: 'skipped', catchUp: 'dropped', catchUpId: null, reason: expect.stringContaining(why) });
    expect((await recordedOf(db, tenant.id, 'deployment.catchUp')).auditCount).toBe(1);
    expect(await db.prisma.notification.count({ where: { tenantId: tenant.id, kind: 'regionSkipped' } })).toBe(1);
  });

  test('is caught up by Flow itself and by nobody else', async () => {
    expect(await endOf(catchUpRegion(developer(), { targetDeploymentId }))).toBe('forbidden');
    expect(await catchUpRegion(flow(), { targetDeploymentId: 'none' })).toEqual({ kind: 'ended' });
  });
});
