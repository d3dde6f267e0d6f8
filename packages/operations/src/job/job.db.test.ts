import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { listDeadJobs, takeJobs } from '@flow/db/jobs';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { platformTenantId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { actAs, addPerson, createTestTenant, endOf, systemActor } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { retryJob } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let chief: OperationContext;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  chief = actAs(db, platformTenantId, (await addPerson(db, { isPlatformAdmin: true })).actor);
});
beforeEach(() => db.prisma.job.deleteMany());
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const past = new Date('2026-03-01T00:00:00Z');
const addDead = (kind: string, key: string, deadAt = past) =>
  db.prisma.job.create({
    data: { kind, key, tenantId: tenant.id, runAt: past, attempts: 25, lastError: 'nobody knows this fault', deadAt },
  });

test('what was set aside is listed over all tenants, page by page, each job once', async () => {
  const later = new Date(past.getTime() + 60_000);
  await addDead('run', 'r1');
  await addDead('run', 'r2');
  await addDead('deployment', 'd1');
  await addDead('deployment', 'd2', later);
  await db.prisma.job.create({ data: { kind: 'run', key: 'lives', tenantId: tenant.id, runAt: past } });
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await listDeadJobs(db.prisma, { cursor, limit: 1 });
    ids.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(ids).toEqual(['deployment/d2', 'deployment/d1', 'run/r1', 'run/r2']);
  const [first] = (await listDeadJobs(db.prisma, { limit: 1 })).items;
  expect(first).toMatchObject({ tenant: { slug: tenant.slug }, attempts: 25, lastError: 'nobody knows this fault' });
});

test('one that is tried again is due at once and counts its failures anew; who had it tried is in the record', async () => {
  await addDead('deployment', 'd1');
  await retryJob(chief, { kind: 'deployment', key: 'd1' });
  expect(await takeJobs(db, 'w1', 1)).toMatchObject([{ kind: 'deployment', key: 'd1', attempts: 1 }]);
  expect(await db.prisma.auditEntry.count({ where: { action: 'job.retry', subject: 'job:deployment/d1' } })).toBe(1);
});

test('one that lives, and one that is none, are not found; a tenant’s admin and Flow’s own worker are told their own', async () => {
  await db.prisma.job.create({ data: { kind: 'run', key: 'lives', tenantId: tenant.id, runAt: past } });
  for (const key of ['lives', 'none']) expect(await endOf(retryJob(chief, { kind: 'run', key }))).toBe('notFound');
  await addDead('run', 'r1');
  expect(await endOf(retryJob(actAs(db, tenant.id, tenant.people.admin.actor), { kind: 'run', key: 'r1' }))).toBe('forbidden');
  expect(await endOf(retryJob(actAs(db, platformTenantId, systemActor), { kind: 'run', key: 'r1' }))).toBe('done');
});
