import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterCredentialPlace, registerCluster, replaceCredential } from '../cluster/index.ts';
import { platformTenantId } from '../context/index.ts';
import { createExternal, externalSecretPlace } from '../external-check/index.ts';
import { keysOf } from '../external-check/keys.ts';
import { channelSecretPlace, createChannel } from '../notification/index.ts';
import { actAs, createTestTenant, endOf, systemActor, testId } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { createWebhook, webhookSecretPlace } from '../webhook/index.ts';
import { createSealer } from './envelope.ts';
import { rewrapSecrets } from './rewrap-secrets.ts';

const [oldKey, newKey] = ['o'.repeat(43), 'n'.repeat(43)];
const old = createSealer(oldKey);
const changing = createSealer(newKey, oldKey);
const fresh = createSealer(newKey);
const connection = { server: 'https://cluster.test', caPem: null, credential: { kind: 'token' as const, token: 'canary-secret' } };

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  // Those of the test tenant are no sealed secrets.
  await db.prisma.cluster.updateMany({ data: { removedAt: new Date(0) } });
  await db.prisma.webhookSource.deleteMany();
  await db.prisma.notificationChannel.deleteMany();
  await db.prisma.externalCheck.deleteMany();
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const system = () => actAs(db, platformTenantId, systemActor);
const register = async () => (await registerCluster(system(), { name: testId('c'), region: 'eu-west', connection }, old)).clusterId;
const sealedOf = async (clusterId: string) => (await db.prisma.cluster.findUniqueOrThrow({ where: { id: clusterId } })).sealedCredential;

describe('changing the key of the stored secrets', () => {
  test('makes every one of them open under the new key alone, and is recorded without any of them', async () => {
    const clusterId = await register();
    const { sourceId, secret } = await createWebhook(
      actAs(db, tenant.id, tenant.people.admin.actor),
      { serviceId: tenant.serviceId, style: 'github' },
      old,
    );
    const channel = await createChannel(
      actAs(db, tenant.id, tenant.people.admin.actor),
      { name: 'Chat', url: 'https://chat.test/', kinds: ['approvalNeeded'] },
      { sealer: old, checkUrl: () => ({ ok: true }) },
    );
    const external = await createExternal(
      actAs(db, tenant.id, tenant.people.admin.actor),
      { name: 'Board', url: 'https://board.test/' },
      { sealer: old, checkUrl: () => ({ ok: true }) },
    );
    expect(await rewrapSecrets(system(), changing)).toEqual({ rewrappedCount: 4, currentCount: 0, unreadable: [] });
    expect(JSON.parse(fresh.open(await sealedOf(clusterId), clusterCredentialPlace(clusterId)))).toEqual(connection.credential);
    const source = await db.prisma.webhookSource.findFirstOrThrow({ where: { id: sourceId } });
    expect(fresh.open(source.sealedSecret, webhookSecretPlace(sourceId))).toBe(secret);
    const entry = await db.prisma.auditEntry.findFirstOrThrow({ where: { action: 'secret.rewrap' } });
    expect(entry.after).toEqual({ rewrappedCount: 4, currentCount: 0, unreadable: [] });
    expect(JSON.stringify(entry)).not.toContain('canary-secret');
    expect(await rewrapSecrets(system(), changing)).toMatchObject({ rewrappedCount: 0, currentCount: 4 });
    const kept = await db.prisma.notificationChannel.findFirstOrThrow({ where: { id: channel.channelId } });
    expect(fresh.open(kept.sealedSecret, channelSecretPlace(channel.channelId))).toBe(channel.secret);
    const asked = await db.prisma.externalCheck.findFirstOrThrow({ where: { id: external.externalId } });
    expect(fresh.open(asked.sealedSecret, externalSecretPlace(external.externalId))).toSatisfy(
      (kept: string) => keysOf(kept).callKey === external.callKey,
    );
  });

  test('names what neither key opens, and goes on with the rest', async () => {
    const [lost, kept] = [await register(), await register()];
    const sealed = createSealer('x'.repeat(43)).seal('gone', clusterCredentialPlace(lost));
    await db.prisma.cluster.update({ where: { id: lost }, data: { sealedCredential: sealed } });
    const { unreadable, rewrappedCount } = await rewrapSecrets(system(), changing);
    expect({ unreadable, rewrappedCount }).toEqual({ unreadable: [`cluster ${lost}`], rewrappedCount: 1 });
    expect(fresh.open(await sealedOf(kept), clusterCredentialPlace(kept))).toContain('canary-secret');
    await db.prisma.cluster.update({ where: { id: lost }, data: { removedAt: new Date(0) } });
  });

  test('loses no credential that is given at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const clusterId = await register();
      const credential = { kind: 'token' as const, token: `given-${round}` };
      await Promise.all([
        rewrapSecrets(system(), changing),
        replaceCredential(system(), { clusterId, connection: { ...connection, credential } }, changing),
      ]);
      expect(JSON.parse(fresh.open(await sealedOf(clusterId), clusterCredentialPlace(clusterId)))).toEqual(credential);
    }
  });

  test('is not for people', async () => {
    expect(await endOf(rewrapSecrets(actAs(db, platformTenantId, tenant.people.admin.actor), changing))).toBe('forbidden');
  });
});
