import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { createDatabase, inTransaction } from './index.ts';
import type { Database } from './index.ts';

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

test('relations that are read in one transaction go over its connection one after the other: pg warns of nothing in the log', async () => {
  const warnings: string[] = [];
  const keep = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', keep);
  const tenant = await db.prisma.tenant.create({ data: { id: 'acme', slug: 'acme', name: 'Acme' } });
  const read = await inTransaction(db, (tx) => tx.tenant.findMany({ include: { memberships: true, services: true, environments: true } }));
  expect(read).toEqual([{ ...tenant, memberships: [], services: [], environments: [] }]);
  // Warnings are told in the next turn.
  await new Promise(setImmediate);
  process.off('warning', keep);
  expect(warnings).toEqual([]);
});

test('a statement that fails holds up none of those behind it, and its transaction leaves nothing', async () => {
  const failing = inTransaction(db, async (tx) => {
    await tx.tenant.create({ data: { id: 'globex', slug: 'globex', name: 'Globex' } });
    const [failed] = await Promise.allSettled([tx.$queryRaw`SELECT 1 / 0`, tx.tenant.count()]);
    if (failed.status === 'rejected') throw failed.reason;
  });
  await expect(failing).rejects.toThrow(/division by zero/);
  await expect(db.prisma.tenant.count({ where: { id: 'globex' } })).resolves.toBe(0);
});
