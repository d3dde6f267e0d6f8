import { inTransaction } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { ingest } from '@flow/db/observation';
import { savePolicy } from '@flow/operations/policy';
import { actAs, aRollout } from '@flow/operations/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { promoteServices } from './promote.ts';

/** 1.1.0 has run in development for 24 minutes; "Quiet", where nothing runs, comes right after it. */
let world: WorkerWorld;
beforeEach(async () => {
  world = await createWorkerWorld();
  const { tenant, db } = world;
  await db.prisma.environment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.quietId } }, data: { position: 2 } });
  const ctx = actAs(db, tenant.id, tenant.people.admin.actor);
  const document = { title: 'On', enforcement: 'enforce', scope: {}, fromId: tenant.developmentId, toId: tenant.quietId, soakMinutes: 30 };
  await savePolicy(ctx, { kind: 'promotion', document });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const later = (minutes: number): Date => new Date(world.time.now.getTime() + minutes * 60_000);
const countAsked = () => world.db.prisma.deployment.count({ where: { environmentId: world.tenant.quietId } });
const run = () =>
  promoteServices(world)(
    { kind: 'promotion', key: world.tenant.serviceId, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    AbortSignal.timeout(60_000),
  );

async function see(phase: 'Healthy' | 'Degraded'): Promise<void> {
  const { tenant } = world;
  const namespace = `dev-${tenant.id}`.slice(0, 60);
  const common = { tenantId: tenant.id, clusterId: tenant.clusterId, namespace, name: 'checkout', release: 'checkout' };
  const seen = { uid: 'u', resourceVersion: phase, runId: null, view: aRollout({ phase }), isDeleted: false };
  await ingest(world.db, [{ resource: 'rollouts', ...common, ...seen }]);
}

test('the job sleeps until the soak is over, then asks for the deployment and is done', async () => {
  await see('Healthy');
  expect(await run()).toEqual({ kind: 'waiting', until: later(6) });
  expect(await countAsked()).toBe(0);
  world.time.now = later(6);
  expect(await run()).toEqual({ kind: 'done' });
  expect(await countAsked()).toBe(1);
  expect(await run()).toEqual({ kind: 'done' });
  expect(await countAsked()).toBe(1);
});

test('what waits for a release to be healthy is woken when it is seen to be, and by nothing else that is seen', async () => {
  const { db, tenant } = world;
  const due = async () =>
    (await db.prisma.job.findMany({ where: { kind: 'promotion' } })).map(({ key, runAt }) => [key, runAt <= new Date()]);
  const putOff = async () => {
    await db.prisma.job.deleteMany({});
    const runAt = new Date(Date.now() + 3_600_000);
    await inTransaction(db, (tx) => wake(tx, { kind: 'promotion', key: tenant.serviceId, tenantId: tenant.id, runAt }));
  };
  await putOff();
  await see('Degraded');
  expect(await due()).toEqual([[tenant.serviceId, false]]);
  await see('Healthy');
  expect(await due()).toEqual([[tenant.serviceId, true]]);
  // Where nothing waits, nothing is woken.
  await db.prisma.job.deleteMany({});
  await see('Degraded');
  await see('Healthy');
  expect(await due()).toEqual([]);
});
