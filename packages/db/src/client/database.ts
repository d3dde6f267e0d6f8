import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import type { Prisma } from '../generated/client.ts';
import { OrderedPrismaPg } from './ordered-prisma-pg.ts';

/** Prisma inside a transaction. A function that writes takes this, so that it cannot run outside one by mistake. */
export type Tx = Prisma.TransactionClient;

/** The one store of Flow: Prisma for nearly everything, and the pool under it for the few statements that are measured to need SQL. */
export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens a pool of connections.
 * `connectionsMax` bounds it; a process that cannot get one within 10 s fails that request and lives on.
 */
export function createDatabase(url: string, connectionsMax = 10): Database {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000 });
  // A connection that breaks while idle is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const prisma = new PrismaClient({ adapter: new OrderedPrismaPg(pool) });
  return {
    prisma,
    pool,
    url,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Errors of Postgres after which the same transaction may simply be run again: serialization failure and deadlock. */
const repeatable = /\b(40001|40P01)\b|write conflict or a deadlock/;

/**
 * Runs `work` in one transaction (read committed) and repeats it, at most three times, after a deadlock or a serialization failure.
 * Any other error is the caller's.
 */
export async function inTransaction<Result>(db: Database, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.prisma.$transaction(work, { maxWait: 10_000, timeout: 20_000 });
    } catch (error) {
      if (attempt >= 3 || !(error instanceof Error) || !repeatable.test(error.message)) throw error;
    }
  }
}
