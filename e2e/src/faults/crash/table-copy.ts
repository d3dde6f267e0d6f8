import type { Database } from '@flow/db/client';
import { z } from 'zod';

/** The database as it was at a moment. */
export interface TableCopy {
  /** Takes every table and every sequence back to that moment. */
  putBack(): Promise<void>;
}

const names = z.array(z.object({ name: z.string() }));
const sequences = z.array(z.object({ name: z.string(), value: z.coerce.bigint().nullable() }));

/** Keeps a copy of all tables, as a backup does. */
export async function copyTables(db: Database): Promise<TableCopy> {
  const client = await db.pool.connect();
  try {
    const found = await client.query(`SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`);
    const tables = names.parse(found.rows).map(({ name }) => name);
    const counted = await client.query(
      `SELECT quote_ident(sequencename) AS name, last_value AS value FROM pg_sequences WHERE schemaname = 'public'`,
    );
    const counts = sequences.parse(counted.rows);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await client.query('DROP SCHEMA IF EXISTS kept CASCADE');
    await client.query('CREATE SCHEMA kept');
    for (const table of tables) await client.query(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
    await client.query('COMMIT');
    return { putBack: () => putBack(db, tables, counts) };
  } finally {
    client.release();
  }
}

/** Triggers are left out, as pg_restore does it: the record refuses to be changed. */
async function putBack(db: Database, tables: readonly string[], counts: z.infer<typeof sequences>): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(`TRUNCATE ${tables.map((table) => `public.${table}`).join(', ')}`);
    for (const table of tables) await client.query(`INSERT INTO public.${table} SELECT * FROM kept.${table}`);
    for (const { name, value } of counts) await client.query(`SELECT setval('public.${name}', $1, $2)`, [value ?? 1n, value !== null]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
