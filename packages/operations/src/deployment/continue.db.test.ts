import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { actAs, createTestTenant, endOf, isWoken, recordedOf } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { continueDeployment, requestRollback } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
/** A deployment that waits for a person after its first wave, whose one region has failed. */
beforeEach(async () => {
  tenant = await createTestTenant(db);
  await set({ state: 'paused' });
  await db.prisma.targetDeployment.updateMany({ where: { deploymentId: tenant.movingId }, data: { state: 'failed' } });
});

const place = () => ({ tenantId_id: { tenantId: tenant.id, id: tenant.movingId } });
const set = (data: object) => db.prisma.deployment.update({ where: place(), data });
const found = () => db.prisma.deployment.findUniqueOrThrow({ where: place() });
const as = (role: 'developer' | 'viewer') => actAs(db, tenant.id, tenant.people[role].actor);
const goOn = (seen = { wave: 0, failedCount: 1 }, by = as('developer')) => continueDeployment(by, { deploymentId: tenant.movingId, seen });

test('lets it go on past the wave and without the regions that were shown to have failed, with its event, audit entry and wake', async () => {
  await goOn();
  expect(await found()).toMatchObject({ state: 'paused', continuedWave: 1, acceptedFailures: 1 });
  expect(await recordedOf(db, tenant.id, 'deployment.continue')).toEqual({ auditCount: 1, eventTypes: ['deployment.changed'] });
  expect(await isWoken(db, 'deployment', tenant.movingId)).toBe(true);
});

test('is refused when another wave or another number of failed regions is there than the person saw', async () => {
  expect(await endOf(goOn({ wave: 1, failedCount: 1 }))).toBe('conflict');
  expect(await endOf(goOn({ wave: 0, failedCount: 0 }))).toBe('conflict');
  expect(await found()).toMatchObject({ continuedWave: 0, acceptedFailures: 0 });
});

test('is refused where nobody is waited for, and once it is to go back', async () => {
  await set({ state: 'deploying' });
  expect(await endOf(goOn())).toBe('precondition');
  await set({ state: 'paused' });
  await requestRollback(as('developer'), { deploymentId: tenant.movingId });
  expect(await endOf(goOn())).toBe('precondition');
});

test('of two people at the same instant one lets it go on and the other is told', async () => {
  const ends = await Promise.all([endOf(goOn()), endOf(goOn())]);
  expect(ends.toSorted()).toEqual(['conflict', 'done']);
});

test('viewers may not, and for people of another tenant it is not there', async () => {
  expect(await endOf(goOn(undefined, as('viewer')))).toBe('forbidden');
  const other = await createTestTenant(db);
  expect(await endOf(goOn(undefined, actAs(db, other.id, other.people.developer.actor)))).toBe('notFound');
});
