import { createHmac } from 'node:crypto';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSealer } from '../secret/index.ts';
import { actAs, createTestTenant, endOf } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { createWebhook, proveDelivery, removeWebhook } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
const sealer = createSealer('test-key-test-key-test-key-test-key-test-key');
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const admin = () => actAs(db, tenant.id, tenant.people.admin.actor);
const signed = (secret: string) => {
  const body = Buffer.from('{}');
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return { headers: { 'x-hub-signature-256': signature, 'x-github-delivery': 'delivery-1', 'x-github-event': 'push' }, body };
};

test('a webhook takes what is signed with the secret that was shown, and nothing once it is removed', async () => {
  const { sourceId, secret } = await createWebhook(admin(), { serviceId: tenant.serviceId, style: 'github' }, sealer);
  const proven = await proveDelivery({ db, sealer }, sourceId, signed(secret));
  expect(proven).toMatchObject({ tenantId: tenant.id, serviceId: tenant.serviceId });
  expect(await endOf(proveDelivery({ db, sealer }, sourceId, signed('another')))).toBe('unauthenticated');
  await removeWebhook(admin(), { sourceId });
  expect(await endOf(proveDelivery({ db, sealer }, sourceId, signed(secret)))).toBe('unauthenticated');
});

test('the secret is in the database only sealed, and in no record', async () => {
  const { secret } = await createWebhook(admin(), { serviceId: tenant.serviceId, style: 'gitlab' }, sealer);
  const dump = await db.pool.query('SELECT w::text AS row FROM webhook_source w UNION ALL SELECT a::text FROM audit_entry a');
  expect(JSON.stringify(dump.rows)).not.toContain(secret);
});

test('a service has at most ten webhooks', async () => {
  const ends = [];
  for (let count = 0; count < 11; count += 1)
    ends.push(await endOf(createWebhook(admin(), { serviceId: tenant.serviceId, style: 'github' }, sealer)));
  expect(ends.at(-1)).toBe('precondition');
});
