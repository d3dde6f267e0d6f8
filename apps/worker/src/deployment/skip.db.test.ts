import { usualProgression } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { saveClusterConnection } from '@flow/db/cluster';
import { clusterCredentialPlace } from '@flow/operations/cluster';
import { askForDeployment } from '@flow/operations/deployment';
import { createSealer } from '@flow/operations/secret';
import { actAs } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GitReader } from '../git/read-commit.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { catchUpRegions } from './catch-up.ts';
import { reconcileDeployments } from './reconcile.ts';

// The quiet environment has two regions in one wave; nobody listens where the cluster of us-east is registered, and it is known to be away for an hour.
let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
  const { id: tenantId, quietId: environmentId, unusedClusterId: clusterId } = world.tenant;
  const target = { id: `${environmentId}-us`, environmentId, region: 'us-east', clusterId, namespace: 'quiet-us' };
  await world.db.prisma.target.create({ data: { tenantId, ...target } });
  const sealedCredential = createSealer('a key for tests that is long enough to be one').seal(
    JSON.stringify({ kind: 'token', token: 'x' }),
    clusterCredentialPlace(clusterId),
  );
  await saveClusterConnection(world.db.prisma, clusterId, { connection: { server: 'http://127.0.0.1:1', caPem: null }, sealedCredential });
  const healthSince = new Date(world.now().getTime() - 3_600_000);
  await world.db.prisma.cluster.update({ where: { id: clusterId }, data: { region: 'us-east', health: 'unreachable', healthSince } });
  await world.db.prisma.environment.updateMany({ where: { id: environmentId }, data: { waves: [['eu-west', 'us-east']] } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const refused = () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' }));
const noGit: GitReader = { readCommit: refused, writeFolder: refused, readOwners: refused };

/** Asks for a deployment by a plan that waits, or skips after so many seconds, and lets the worker go on with it once. */
async function begin(whenUnreachable: (typeof usualProgression)['whenUnreachable']): Promise<string> {
  const { id, serviceId, quietId: environmentId, artifactId, people } = world.tenant;
  await world.db.prisma.deployment.updateMany({ where: { environmentId }, data: { state: 'cancelled', activePlace: null } });
  const progression = { ...usualProgression, whenUnreachable };
  await world.db.prisma.environment.updateMany({ where: { id: environmentId }, data: { progression } });
  const { deploymentId } = await askForDeployment(actAs(world.db, id, people.developer.actor), { serviceId, environmentId, artifactId });
  const job = { kind: 'deployment' as const, key: deploymentId, tenantId: id, generation: 1, attempts: 0 };
  await reconcileDeployments({ ...world, git: noGit, holder: 'test' })(job, new AbortController().signal);
  return deploymentId;
}

const regionsOf = async (deploymentId: string) => {
  const targets = await world.db.prisma.targetDeployment.findMany({ where: { deploymentId }, orderBy: { region: 'asc' } });
  return targets.map(({ region, state, catchUp }) => ({ region, state, catchUp }));
};

test('a region that is away is skipped where the plan says so: it waits to be caught up, is in the record, and is told', async () => {
  const deploymentId = await begin({ kind: 'skip', afterSeconds: 600 });
  expect(await regionsOf(deploymentId)).toEqual([
    { region: 'eu-west', state: 'applying', catchUp: null },
    { region: 'us-east', state: 'skipped', catchUp: 'waiting' },
  ]);
  const tenantId = world.tenant.id;
  const entry = await world.db.prisma.auditEntry.findFirstOrThrow({ where: { tenantId, action: 'deployment.skip' } });
  expect(entry).toMatchObject({ subject: `deployment:${deploymentId}`, summary: expect.stringContaining('us-east was skipped') });
  expect(await world.db.prisma.notification.findMany({ where: { tenantId, kind: 'regionSkipped' } })).toMatchObject([
    { deploymentId, reason: expect.stringContaining('us-east was skipped') },
  ]);
  const target = await world.db.prisma.targetDeployment.findFirstOrThrow({ where: { deploymentId, region: 'us-east' } });
  const job = { kind: 'catchUp' as const, key: target.id, tenantId, generation: 1, attempts: 0 };
  expect(await catchUpRegions(world)(job, new AbortController().signal)).toEqual({
    kind: 'waiting',
    until: new Date(world.now().getTime() + 60_000),
  });
});

test('it is waited for where the plan says that, as long as it cannot be prepared for', async () => {
  const deploymentId = await begin({ kind: 'wait' });
  expect(await world.db.prisma.deployment.findFirstOrThrow({ where: { id: deploymentId } })).toMatchObject({ state: 'preparing' });
  expect((await regionsOf(deploymentId)).map(({ state }) => state)).toEqual(['pending', 'pending']);
});

test('one that has not been away for as long as the plan waits begins when it is back', async () => {
  const deploymentId = await begin({ kind: 'skip', afterSeconds: 86_400 });
  expect(await regionsOf(deploymentId)).toMatchObject([{ state: 'applying' }, { state: 'pending', catchUp: null }]);
});
