import { createDatabase, inTransaction } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { findCluster, findClusterConnection, listClusters } from '@flow/db/cluster';
import { findPipelineCluster } from '@flow/db/run';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { archiveEnvironment, createEnvironment } from '../catalog/index.ts';
import { platformTenantId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { createSealer } from '../secret/index.ts';
import { actAs, addPerson, createTestTenant, endOf, isWoken, recordedOf, systemActor, testId, testStrategy } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import {
  changePurposes,
  clusterCredentialPlace,
  recordClusterContact,
  recordClusterHealth,
  registerCluster,
  removeCluster,
  replaceCredential,
  testCluster,
} from './index.ts';

const sealer = createSealer('a key for tests that is long enough to be one');
const token = (text: string) => ({ kind: 'token' as const, token: text });
const connection = { server: 'https://cluster.test', caPem: null, credential: token('canary-secret') };

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
let chief: OperationContext;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
  other = await createTestTenant(db);
  chief = actAs(db, platformTenantId, (await addPerson(db, { isPlatformAdmin: true })).actor);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const as = (person: TestPerson) => actAs(db, tenant.id, person.actor);
const system = () => actAs(db, platformTenantId, systemActor);
const stored = (clusterId: string) => db.prisma.cluster.findUniqueOrThrow({ where: { id: clusterId } });
const credentialOf = async (clusterId: string): Promise<unknown> =>
  JSON.parse(sealer.open((await stored(clusterId)).sealedCredential, clusterCredentialPlace(clusterId)));
const register = async (over: object = {}) =>
  (await registerCluster(chief, { name: testId('c'), region: 'eu-west', connection, ...over }, sealer)).clusterId;
const auditOf = (clusterId: string, action: string) => db.prisma.auditEntry.count({ where: { subject: `cluster:${clusterId}`, action } });

/** Puts an environment of the tenant on the cluster. */
async function deployTo(clusterId: string): Promise<string> {
  const slug = testId('env')
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 20);
  const { environmentId } = await createEnvironment(as(tenant.people.admin), {
    slug,
    name: 'Elsewhere',
    kind: 'staging',
    position: 4,
    waves: [['eu-west']],
    strategy: testStrategy,
    targets: [{ clusterId, namespace: `${tenant.slug}-${slug}` }],
  });
  return environmentId;
}

describe('registering a cluster', () => {
  test('is for platform admins only, seals its credential to its own row, and has it tested soon', async () => {
    const input = { name: testId('c'), region: 'eu-west', connection };
    expect(await endOf(registerCluster(as(tenant.people.admin), input, sealer))).toBe('forbidden');
    const { clusterId } = await registerCluster(chief, input, sealer);
    const row = await stored(clusterId);
    expect(JSON.stringify(row)).not.toContain('canary-secret');
    expect(await credentialOf(clusterId)).toEqual(connection.credential);
    expect(() => sealer.open(row.sealedCredential, clusterCredentialPlace('another'))).toThrow('cannot be opened');
    expect(await isWoken(db, 'clusterHealth', clusterId)).toBe(true);
    expect(JSON.stringify(await db.prisma.auditEntry.findMany({ where: { subject: `cluster:${clusterId}` } }))).not.toContain(
      'canary-secret',
    );
  });

  test('again under its address gives it the new credential and keeps its id; another address, region or purpose is refused', async () => {
    const name = testId('c');
    const clusterId = await register({ name });
    expect(await register({ name, connection: { ...connection, credential: token('the-next-one') } })).toBe(clusterId);
    expect(await credentialOf(clusterId)).toEqual(token('the-next-one'));
    for (const over of [
      { connection: { ...connection, server: 'https://another.test' } },
      { region: 'us-east' },
      { purposes: ['releases'] },
    ])
      expect(await endOf(register({ name, ...over }))).toBe('conflict');
    expect(await credentialOf(clusterId)).toEqual(token('the-next-one'));
    expect(await auditOf(clusterId, 'cluster.reconnect')).toBe(1);
  });

  test('for nothing is refused', async () => {
    expect(await endOf(register({ purposes: [] }))).toBe('invalid');
  });
});

describe('replacing the credential of a cluster', () => {
  const next = { ...connection, credential: token('the-next-one') };

  test('keeps nothing of the old one, has the cluster tested, and is recorded without either', async () => {
    const clusterId = await register();
    await db.prisma.job.deleteMany();
    await replaceCredential(chief, { clusterId, connection: next }, sealer);
    expect(await credentialOf(clusterId)).toEqual(next.credential);
    expect(await isWoken(db, 'clusterHealth', clusterId)).toBe(true);
    const entries = JSON.stringify(await db.prisma.auditEntry.findMany({ where: { subject: `cluster:${clusterId}` } }));
    expect(entries).toContain('cluster.reconnect');
    expect(entries).not.toMatch(/canary-secret|the-next-one/);
  });

  test('by one for another address is refused, since what runs there would be looked for elsewhere', async () => {
    const clusterId = await register();
    const elsewhere = { ...next, server: 'https://another.test' };
    expect(await endOf(replaceCredential(chief, { clusterId, connection: elsewhere }, sealer))).toBe('conflict');
    expect(await credentialOf(clusterId)).toEqual(connection.credential);
  });

  test('is for platform admins, and of a cluster that is there', async () => {
    const clusterId = await register();
    expect(await endOf(replaceCredential(as(tenant.people.admin), { clusterId, connection: next }, sealer))).toBe('forbidden');
    expect(await endOf(replaceCredential(chief, { clusterId: 'none', connection: next }, sealer))).toBe('notFound');
  });
});

describe('what a cluster is for', () => {
  test('can be changed by platform admins, and it is tested for that', async () => {
    const clusterId = await register();
    await db.prisma.job.deleteMany();
    expect(await endOf(changePurposes(as(tenant.people.admin), { clusterId, purposes: ['releases'] }))).toBe('forbidden');
    await changePurposes(chief, { clusterId, purposes: ['releases'] });
    expect((await findCluster(db.prisma, clusterId))?.purposes).toEqual(['releases']);
    expect(await isWoken(db, 'clusterHealth', clusterId)).toBe(true);
    expect(await auditOf(clusterId, 'cluster.purposes')).toBe(1);
  });

  test('stays as long as something needs it for that', async () => {
    const purposes = async (...wanted: ('pipelines' | 'releases')[]) =>
      endOf(changePurposes(chief, { clusterId: tenant.clusterId, purposes: wanted }));
    expect(await purposes('pipelines')).toBe('precondition');
    const movingRun = { tenantId_id: { tenantId: tenant.id, id: tenant.movingRunId } };
    await db.prisma.pipelineRun.update({ where: movingRun, data: { clusterId: tenant.clusterId } });
    expect(await purposes('releases')).toBe('precondition');
    await db.prisma.pipelineRun.update({ where: movingRun, data: { state: 'succeeded' } });
    expect(await purposes('releases')).toBe('done');
  });

  test('decides where environments and pipelines can be put', async () => {
    const clusterId = await register({ purposes: ['pipelines'] });
    expect(await endOf(deployTo(clusterId))).toBe('invalid');
    await changePurposes(chief, { clusterId, purposes: ['releases'] });
    expect(await endOf(deployTo(clusterId))).toBe('done');
    await db.prisma.pipelineRun.updateMany({ data: { state: 'succeeded' } });
    await db.prisma.cluster.updateMany({ data: { purposes: ['releases'] } });
    expect(await inTransaction(db, (tx) => findPipelineCluster(tx, tenant.id))).toBeNull();
    await db.prisma.cluster.updateMany({ where: { id: tenant.clusterId }, data: { purposes: ['pipelines', 'releases'] } });
    expect(await inTransaction(db, (tx) => findPipelineCluster(tx, tenant.id))).toBe(tenant.clusterId);
  });
});

describe('removing a cluster', () => {
  test('that nothing uses forgets its credential and frees its name, and the workers open it no more', async () => {
    const name = testId('c');
    const clusterId = await register({ name });
    await removeCluster(chief, { clusterId });
    expect((await listClusters(db.prisma)).map((cluster) => cluster.id)).not.toContain(clusterId);
    expect(await findClusterConnection(db.prisma, clusterId)).toBeNull();
    expect(JSON.stringify(await stored(clusterId))).not.toContain('v1.');
    expect(await isWoken(db, 'clusterHealth', clusterId)).toBe(false);
    expect(await auditOf(clusterId, 'cluster.remove')).toBe(1);
    const again = await register({ name });
    expect(again).not.toBe(clusterId);
    expect(await endOf(removeCluster(chief, { clusterId }))).toBe('notFound');
    await removeCluster(chief, { clusterId: again });
  });

  test('that an environment is on is refused until that is archived', async () => {
    const clusterId = await register();
    const environmentId = await deployTo(clusterId);
    const refused = await removeCluster(chief, { clusterId }).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(refused).toMatch(/1 environments have a target here, such as Elsewhere of Tenant/);
    await archiveEnvironment(as(tenant.people.admin), { environmentId });
    expect(await endOf(removeCluster(chief, { clusterId }))).toBe('done');
  });

  test('loses against an environment that is put on it at the same time, or wins: never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const clusterId = await register();
      const ends = await Promise.all([endOf(deployTo(clusterId)), endOf(removeCluster(chief, { clusterId }))]);
      expect([
        ['done', 'precondition'],
        ['invalid', 'done'],
      ]).toContainEqual(ends);
    }
  });

  test('is for platform admins', async () => {
    expect(await endOf(removeCluster(as(tenant.people.admin), { clusterId: tenant.unusedClusterId }))).toBe('forbidden');
  });
});

describe('the health of a cluster', () => {
  test('that is not there cannot be asked for', async () => {
    expect(await endOf(testCluster(chief, { clusterId: 'none' }))).toBe('notFound');
    expect(await endOf(testCluster(as(tenant.people.admin), { clusterId: tenant.clusterId }))).toBe('forbidden');
  });

  test('is told to the tenants that deploy to it when it changes, once', async () => {
    const found = { clusterId: tenant.clusterId, health: 'unreachable' as const, healthReason: 'It does not answer', capabilities: null };
    await recordClusterHealth(system(), found);
    await recordClusterHealth(system(), found);
    expect((await recordedOf(db, tenant.id, 'cluster.health')).eventTypes).toEqual(['cluster.changed']);
    expect((await recordedOf(db, other.id, 'cluster.health')).eventTypes).toEqual([]);
    expect(await endOf(recordClusterHealth(as(tenant.people.admin), found))).toBe('forbidden');
  });

  test('has an age that counts from its last change', async () => {
    const clusterId = await register();
    const at = (minutes: number) => ({ ...system(), now: new Date(Date.UTC(2026, 0, 1, 0, minutes)) });
    const found = { clusterId, health: 'unreachable' as const, healthReason: 'It does not answer', capabilities: null };
    await recordClusterHealth(at(1), found);
    await recordClusterHealth(at(5), found);
    expect(await findCluster(db.prisma, clusterId)).toMatchObject({ healthSince: at(1).now, checkedAt: at(5).now });
  });

  test('is tested again when it is reached and was never tested', async () => {
    const clusterId = await register();
    await db.prisma.job.deleteMany();
    await recordClusterContact(system(), { clusterId, trouble: { health: 'unreachable', reason: 'It is silent' } });
    expect(await isWoken(db, 'clusterHealth', clusterId)).toBe(false);
    await recordClusterContact(system(), { clusterId, trouble: null });
    expect(await isWoken(db, 'clusterHealth', clusterId)).toBe(true);
    expect(await endOf(recordClusterContact(chief, { clusterId, trouble: null }))).toBe('forbidden');
  });
});
