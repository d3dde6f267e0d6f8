import pg from 'pg';
import { migrationList, noFilters, openSchemaEngine } from './schema-engine.ts';

// Any number that no other advisory lock of Flow uses.
const lockKey = 7_236_114;

/** Applies the migrations that the database lacks and gives their names. Two at once: the second one waits and finds nothing left to do. */
export async function applyMigrations(databaseUrl: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: databaseUrl });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await using opened = await openSchemaEngine(databaseUrl);
    const applied = await opened.engine.applyMigrations({ migrationsList: await migrationList(), filters: noFilters });
    return applied.appliedMigrationNames;
  } finally {
    await lock.end();
  }
}
