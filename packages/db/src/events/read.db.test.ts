import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, inTransaction } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { appendEvents } from './append.ts';
import { currentCursor, eventsAfter, eventsOfTopicsAfter, formatCursor, parseCursor } from './read.ts';
import type { Cursor } from './read.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 20);
  await db.prisma.tenant.create({ data: { id: 't1', slug: 't1', name: 'T1' } });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const event = (n: number, topic = 'a') => ({ tenantId: 't1', topics: [topic], type: 'deployment.changed' as const, data: { n } });

test('an event of a transaction that is still running keeps later ones back, and none is ever passed over', async () => {
  const start = await currentCursor(db);
  const slow = await db.pool.connect();
  await slow.query('BEGIN');
  await slow.query(`INSERT INTO event (tenant_id, topics, type, data) VALUES ('t1', '{a}', 'deployment.changed', '{"n":1}')`);
  await inTransaction(db, (tx) => appendEvents(tx, [event(2)]));
  expect(await eventsAfter(db, start, 10)).toEqual([]);
  await slow.query('COMMIT');
  slow.release();
  expect((await eventsAfter(db, start, 10)).map((found) => found.data['n'])).toEqual([1, 2]);
});

test('8 writers that commit in any order, some rolled back: a reader that polls sees every event once', async () => {
  const start = await currentCursor(db);
  let isWriting = true;
  const write = async (writer: number): Promise<number[]> => {
    const kept: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      const n = writer * 1_000 + index;
      const client = await db.pool.connect();
      await client.query('BEGIN');
      await client.query(`INSERT INTO event (tenant_id, topics, type, data) VALUES ('t1', '{b}', 'deployment.changed', $1)`, [{ n }]);
      await client.query('SELECT pg_sleep(random() * 0.004)');
      const isKept = index % 7 !== 0;
      await client.query(isKept ? 'COMMIT' : 'ROLLBACK');
      client.release();
      if (isKept) kept.push(n);
    }
    return kept;
  };
  const seen: unknown[] = [];
  const read = async (): Promise<void> => {
    let cursor: Cursor = start;
    for (;;) {
      const isLast = !isWriting;
      const page = await eventsAfter(db, cursor, 17);
      seen.push(...page.map((found) => found.data['n']));
      cursor = page.at(-1)?.cursor ?? cursor;
      if (isLast && page.length === 0) return;
    }
  };
  const reading = read();
  const kept = (await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))).flat();
  isWriting = false;
  await reading;
  const numbers = (values: readonly unknown[]) => values.map(Number).toSorted((left, right) => left - right);
  expect(numbers(seen)).toEqual(numbers(kept));
});

test('a browser gets only the topics that it watches, of its own tenant', async () => {
  const start = await currentCursor(db);
  await db.prisma.tenant.create({ data: { id: 't2', slug: 't2', name: 'T2' } });
  await inTransaction(db, (tx) => appendEvents(tx, [event(1, 'mine'), event(2, 'other'), { ...event(3, 'mine'), tenantId: 't2' }]));
  const found = await eventsOfTopicsAfter(db, 't1', { topics: ['mine'], cursor: start, limit: 10 });
  expect(found.map((each) => each.data['n'])).toEqual([1]);
});

test('a cursor is read back as it was written, and nothing else is a cursor', () => {
  const cursor = { txId: 12n, position: 345n };
  expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  for (const text of ['', '1', '1.', 'a.b', '1.2.3', '1;DROP', '-1.2']) expect(parseCursor(text)).toBeUndefined();
});
