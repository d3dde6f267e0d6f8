import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { listOpenIncidents } from '@flow/db/incident';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actAs, createTestTenant, endOf, recordedOf } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { closeIncident, openIncident } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const as = (role: keyof TestTenant['people']) => actAs(db, tenant.id, tenant.people[role].actor);

test('an incident is open until someone closes it, once, and both are recorded', async () => {
  const { incidentId } = await openIncident(as('developer'), { serviceId: tenant.serviceId, title: 'Carts time out', severity: 'major' });
  const openIds = async () => (await listOpenIncidents(db.prisma, tenant.id, [tenant.serviceId])).map((one) => one.id);
  expect(await openIds()).toContain(incidentId);
  const ends = await Promise.all([1, 2].map(() => endOf(closeIncident(as('developer'), { incidentId }))));
  expect(ends.toSorted()).toEqual(['done', 'notFound']);
  expect(await openIds()).not.toContain(incidentId);
  expect(await recordedOf(db, tenant.id, 'incident.close')).toMatchObject({ auditCount: 1 });
});

test('it is of a service of this tenant, has words, and viewers open none', async () => {
  const other = await createTestTenant(db);
  const wanted = { serviceId: tenant.serviceId, title: 'x', severity: 'minor' as const };
  expect(await endOf(openIncident(as('admin'), { ...wanted, serviceId: other.serviceId }))).toBe('notFound');
  expect(await endOf(openIncident(as('admin'), { ...wanted, title: ' ' }))).toBe('invalid');
  expect(await endOf(openIncident(as('viewer'), wanted))).toBe('forbidden');
});
