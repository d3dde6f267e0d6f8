import { createDatabase } from '@flow/db/client';
import { createManualClock } from '@flow/sandbox/store';
import type { ManualClock } from '@flow/sandbox/store';

/** One time for the worker, for Postgres and for the clusters, which moves only when it is told to. */
export interface VirtualTime extends AsyncDisposable {
  clock: ManualClock;
  now: () => Date;
  advance(ms: number): Promise<void>;
}

// A function of this name in a schema that is looked at before the system's own: leases, jobs and everything else that asks Postgres what time it is.
const prepare = (at: string): readonly string[] => [
  'CREATE SCHEMA clock',
  `CREATE TABLE clock.face AS SELECT '${at}'::timestamptz AS at`,
  `CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM clock.face'`,
  `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = clock, public, pg_catalog', current_database()); END $$`,
];

/** Makes time virtual in a database; connections that are opened afterwards live in it. */
export async function createVirtualTime(databaseUrl: string): Promise<VirtualTime> {
  const clock = createManualClock(new Date('2026-03-01T10:00:00Z'));
  const db = createDatabase(databaseUrl, 1);
  for (const statement of prepare(clock.now().toISOString())) await db.pool.query(statement);
  return {
    clock,
    now: () => clock.now(),
    async advance(ms) {
      await clock.advance(ms);
      await db.pool.query('UPDATE clock.face SET at = $1', [clock.now()]);
    },
    [Symbol.asyncDispose]: () => db.close(),
  };
}
