import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, inTransaction } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { countJobs } from './count.ts';
import { takeJobs } from './take.ts';
import { wake } from './wake.ts';

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

test('each job is counted once, as what it is now, and the oldest that is due tells how late it is', async () => {
  const minute = 60_000;
  const wakeOne = (kind: 'deployment' | 'run', key: string, runAt: Date) =>
    inTransaction(db, (tx) => wake(tx, { kind, key, tenantId: 't1', runAt }));
  expect(await countJobs(db)).toEqual([]);
  await wakeOne('run', 'held', new Date(0));
  await takeJobs(db, 'w1', 1);
  await wakeOne('deployment', 'late', new Date(Date.now() - 10 * minute));
  await wakeOne('deployment', 'due', new Date(Date.now() - minute));
  await wakeOne('deployment', 'tomorrow', new Date(Date.now() + 24 * 60 * minute));
  await wakeOne('run', 'dead', new Date(0));
  await db.pool.query(`UPDATE job SET dead_at = now() WHERE key = 'dead'`);
  expect(await countJobs(db)).toEqual([
    { kind: 'deployment', state: 'due', count: 2, oldestDueSeconds: expect.closeTo(600, -2) },
    { kind: 'deployment', state: 'later', count: 1, oldestDueSeconds: null },
    { kind: 'run', state: 'dead', count: 1, oldestDueSeconds: null },
    { kind: 'run', state: 'running', count: 1, oldestDueSeconds: null },
  ]);
});
