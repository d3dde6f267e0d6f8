import pg from 'pg';
import { expect, test } from 'vitest';
import { migrations } from '../migrate/index.ts';
import { createTestDatabase } from './test-database.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('each test database is migrated, and what one writes no other one sees', async () => {
  await using one = await createTestDatabase();
  await using other = await createTestDatabase();
  expect(await query(one.url, 'SELECT 1 FROM _prisma_migrations')).toHaveLength((await migrations()).length);
  await query(one.url, 'CREATE TABLE written_here (id int)');
  const look = "SELECT to_regclass('written_here') AS found";
  expect(await query(one.url, look)).toEqual([{ found: 'written_here' }]);
  expect(await query(other.url, look)).toEqual([{ found: null }]);
});

test('many at once each get their own, from one template', async () => {
  const made = await Promise.all(Array.from({ length: 6 }, () => createTestDatabase()));
  expect(new Set(made.map((database) => database.url)).size).toBe(6);
  const templates = "SELECT count(*)::int AS drafts FROM pg_database WHERE datname LIKE 'draft_%'";
  expect(await query(made[0]?.url ?? '', templates)).toEqual([{ drafts: 0 }]);
  await Promise.all(made.map((database) => database[Symbol.asyncDispose]()));
});

test('a test database is gone after its test, even while something is connected to it', async () => {
  const database = await createTestDatabase();
  const left = new pg.Client({ connectionString: database.url });
  left.on('error', () => undefined);
  await left.connect();
  await database[Symbol.asyncDispose]();
  const name = new URL(database.url).pathname.slice(1);
  expect(await query(process.env['FLOW_TEST_DATABASE_URL'] ?? '', `SELECT 1 FROM pg_database WHERE datname = '${name}'`)).toEqual([]);
});
