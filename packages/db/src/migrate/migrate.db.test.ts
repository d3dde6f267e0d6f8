import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { applyMigrations, migrations } from './index.ts';
import { noFilters, openSchemaEngine } from './schema-engine.ts';
import { prismaFolder, schemaFiles } from './schema-files.ts';

const server = process.env['FLOW_TEST_DATABASE_URL'] ?? '';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A database without anything in it, until the test ends. */
async function anEmptyDatabase(): Promise<string> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  onTestFinished(async () => void (await query(server, `DROP DATABASE ${name} WITH (FORCE)`)));
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

const recorded =
  'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name';

test('an empty database gets every migration, in order and with its record; a second time changes nothing', async () => {
  const url = await anEmptyDatabase();
  const names = (await migrations()).map((migration) => migration.name);
  expect(await applyMigrations(url)).toEqual(names);
  expect(await query(url, recorded)).toEqual(names.map((name) => ({ migration_name: name })));
  expect(await applyMigrations(url)).toEqual([]);
  expect(await query(url, recorded)).toHaveLength(names.length);
});

test('of two starts at once, one migrates and the other one finds nothing to do', async () => {
  const url = await anEmptyDatabase();
  const applied = await Promise.all([applyMigrations(url), applyMigrations(url), applyMigrations(url)]);
  expect(applied.flat().sort()).toEqual((await migrations()).map((migration) => migration.name));
  expect(await query(url, recorded)).toHaveLength((await migrations()).length);
});

const columns = `SELECT table_name, column_name, udt_name, is_nullable, column_default FROM information_schema.columns
  WHERE table_schema = 'public' AND table_name <> '_prisma_migrations' ORDER BY 1, 2`;
const indexes = "SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'";
const constraints = `SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS definition FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND conrelid <> COALESCE(to_regclass('_prisma_migrations')::oid, 0)`;

test('the migrations lead to the schema: all that it names is there, and no column besides', async () => {
  const migrated = await anEmptyDatabase();
  await applyMigrations(migrated);
  const direct = await anEmptyDatabase();
  await query(direct, await sqlToSchema(direct, { tag: 'empty' }));
  expect(await query(migrated, columns)).toEqual(await query(direct, columns));
  // A migration may hold more than the schema can say, such as a partial index.
  for (const sql of [indexes, constraints]) expect(await query(migrated, sql)).toEqual(expect.arrayContaining(await query(direct, sql)));
});

test('the snapshot from which the next migration is written leads to the schema of now', async () => {
  const snapshot = await readFile(join(prismaFolder, 'migrations/schema.snapshot'), 'utf8');
  const from = { tag: 'schemaDatamodel' as const, files: [{ path: 'before.prisma', content: snapshot }] };
  expect(await sqlToSchema(await anEmptyDatabase(), from)).toContain('This is an empty migration');
});

async function sqlToSchema(url: string, from: Parameters<SchemaEngine['diff']>[0]['from']): Promise<string> {
  await using opened = await openSchemaEngine(url);
  const now = (await schemaFiles()).map((file) => file.content).join('\n');
  const to = { tag: 'schemaDatamodel' as const, files: [{ path: 'now.prisma', content: now }] };
  const difference = await opened.engine.diff({ from, to, script: true, exitCode: null, filters: noFilters });
  return difference.stdout ?? '';
}
