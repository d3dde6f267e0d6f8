import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { claimSetUp, findInstallation, markAsDemo } from './index.ts';

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

test('an installation is no demo until it is marked as one, stays one, and is still set up once', async () => {
  expect(await findInstallation(db.prisma)).toEqual({ setUpAt: null, isDemo: false });
  await markAsDemo(db.prisma);
  await markAsDemo(db.prisma);
  const setUpAt = new Date('2026-03-01T10:00:00Z');
  const claims = await Promise.all([claimSetUp(db.prisma, setUpAt), claimSetUp(db.prisma, setUpAt), claimSetUp(db.prisma, setUpAt)]);
  expect(claims.filter(Boolean)).toEqual([true]);
  expect(await findInstallation(db.prisma)).toEqual({ setUpAt, isDemo: true });
});
