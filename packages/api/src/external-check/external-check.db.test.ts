import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addPerson, createTestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPlatformCheck, callProcedure, testServices } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

test('a tenant sees which external checks the platform asks, and their addresses only who runs Flow', async () => {
  const [tenant, chief] = [await createTestTenant(db), await addPerson(db, { isPlatformAdmin: true })];
  await addPlatformCheck(db, tenant);
  const listedTo = async (token: string) => {
    const procedure = { path: 'externalCheck.list', type: 'query' } as const;
    return (await callProcedure(testServices(db), { procedure, input: { tenant: tenant.slug }, token })).body;
  };
  const ofAdmin = await listedTo(tenant.people.admin.token);
  expect(ofAdmin).toContain('Change board of all');
  expect(ofAdmin).toContain('"url":null');
  expect(ofAdmin).not.toContain('sealed');
  expect(await listedTo(chief.token)).not.toContain('"url":null');
});
