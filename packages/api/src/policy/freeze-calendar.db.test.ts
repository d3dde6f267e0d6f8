import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { savePolicy } from '@flow/operations/policy';
import { actAs, createTestTenant } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listFreezeOccurrences } from './freeze-calendar.ts';
import { listScopeChoices } from './scope-choices.ts';

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
beforeEach(async () => {
  tenant = await createTestTenant(db);
});

const save = (title: string, given: object = {}, enforcement = 'enforce') =>
  savePolicy(actAs(db, tenant.id, tenant.people.admin.actor), {
    kind: 'freeze',
    document: {
      title,
      scope: {},
      appliesTo: {},
      enforcement,
      inFlight: 'hold',
      window: { zone: 'Europe/Berlin', start: '2026-10-23T18:00', end: '2026-10-26T08:00', recurrence: 'FREQ=WEEKLY', ...given },
    },
  });
const occurrencesIn = (from: string, to: string) =>
  listFreezeOccurrences(db.prisma, { id: tenant.id, name: 'Test' }, { from: new Date(from), to: new Date(to) });

test('a calendar shows each occurrence at its instant, on both sides of the change of the clocks', async () => {
  await save('Weekend');
  expect(await occurrencesIn('2026-10-20T00:00:00Z', '2026-11-03T00:00:00Z')).toMatchObject([
    { title: 'Weekend', zone: 'Europe/Berlin', startAt: new Date('2026-10-23T16:00:00Z'), endAt: new Date('2026-10-26T07:00:00Z') },
    { title: 'Weekend', zone: 'Europe/Berlin', startAt: new Date('2026-10-30T17:00:00Z'), endAt: new Date('2026-11-02T07:00:00Z') },
  ]);
});

test('freezes in shadow are told apart, and those that are off are not there', async () => {
  await save('Tried', {}, 'shadow');
  await save('Over', {}, 'off');
  const found = await occurrencesIn('2026-10-20T00:00:00Z', '2026-10-27T00:00:00Z');
  expect(found.map(({ title, enforcement }) => [title, enforcement])).toEqual([['Tried', 'shadow']]);
});

test('more than a hundred days at once are refused, and a far future is answered', async () => {
  await save('Daily', { end: '2026-10-23T19:00', recurrence: 'FREQ=DAILY' });
  await expect(occurrencesIn('2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z')).rejects.toMatchObject({ code: 'invalid' });
  expect(await occurrencesIn('2400-01-01T00:00:00Z', '2400-01-03T00:00:00Z')).toHaveLength(2);
  expect(await occurrencesIn('9999-01-01T00:00:00Z', '9999-01-03T00:00:00Z')).toHaveLength(2);
});

test('a scope can name every service and environment of the tenant once, and none of another', async () => {
  const other = await createTestTenant(db);
  const choices = await listScopeChoices(db.prisma, tenant.id);
  expect(choices.services.map(({ id }) => id)).toContain(tenant.serviceId);
  expect(choices.services.map(({ id }) => id)).not.toContain(other.serviceId);
  expect(new Set(choices.environments.map(({ id }) => id)).size).toBe(choices.environments.length);
  expect(choices.environments.map(({ id }) => id)).toContain(tenant.productionId);
});
