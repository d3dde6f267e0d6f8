import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { saveWayBack } from '@flow/db/way-back';
import { createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCaller, createContext } from '../router/index.ts';
import { testServices } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  [tenant, other] = [await createTestTenant(db), await createTestTenant(db)];
});

const asViewer = async ({ people }: TestTenant) =>
  createCaller(await createContext(testServices(db), { token: people.viewer.token, requestId: 'r', address: null, userAgent: null }));
const see = (deploymentId: string) =>
  saveWayBack(db, tenant.id, {
    serviceId: tenant.serviceId,
    targetId: `${tenant.developmentId}-eu`,
    deploymentId,
    light: 'works',
    sentence: '1.0.0 was healthy here before',
    lookedAt: worldNow,
    nextAt: worldNow,
  });
const shown = async () => {
  const caller = await asViewer(tenant);
  const { versions } = await caller.service.get({ tenant: tenant.slug, service: tenant.serviceSlug });
  const { items } = await caller.service.list({ tenant: tenant.slug });
  const { targets } = await caller.deployment.get({ tenant: tenant.slug, deploymentId: tenant.succeededId });
  return {
    service: versions.map(({ wayBack }) => wayBack?.light ?? null),
    list: items.flatMap((item) => item.versions.map(({ wayBack }) => wayBack?.light ?? null)),
    deployment: targets.map(({ wayBack }) => wayBack?.sentence ?? null),
  };
};

test('the light stands beside the version that it was seen for, on the service and on its deployment', async () => {
  expect(await shown()).toEqual({ service: [null], list: [null], deployment: [null] });
  await see(tenant.succeededId);
  expect(await shown()).toEqual({ service: ['works'], list: ['works'], deployment: ['1.0.0 was healthy here before'] });
  const caller = await asViewer(other);
  const { versions } = await caller.service.get({ tenant: other.slug, service: other.serviceSlug });
  expect(versions.map(({ wayBack }) => wayBack)).toEqual([null]);
});

test('a light that was seen for what ran before is not shown', async () => {
  await see('an earlier deployment');
  expect(await shown()).toEqual({ service: [null], list: [null], deployment: [null] });
});

test('a cluster that cannot be reached puts every way back through it in doubt', async () => {
  await see(tenant.succeededId);
  await db.prisma.cluster.update({ where: { id: tenant.clusterId }, data: { health: 'unreachable' } });
  expect(await shown()).toMatchObject({ service: ['doubtful'], list: ['doubtful'] });
});
