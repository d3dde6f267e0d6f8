import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@flow/db/client';
import { startEmbeddedPostgres } from '@flow/db/embedded';

/** A database server for one benchmark. */
export interface BenchPostgres extends AsyncDisposable {
  /** Where its data is. */
  folder: string;
  /** Makes an empty database and gives its address. */
  create(name: string): Promise<string>;
}

/** Starts PostgreSQL with the memory that a small installation gives it. */
export async function openPostgres(): Promise<BenchPostgres> {
  const parent = await mkdtemp(join(tmpdir(), 'flow-bench-'));
  // As root, the server runs as a user of its own, who must get in.
  await chmod(parent, 0o755);
  const folder = join(parent, 'data');
  const flags = ['-c', 'fsync=off', '-c', 'shared_buffers=512MB'];
  const server = await startEmbeddedPostgres({ folder, isTemporary: true, flags });
  return {
    folder,
    async create(name) {
      const db = createDatabase(server.url('postgres'));
      await db.pool.query(`CREATE DATABASE ${name}`);
      await db.close();
      return server.url(name);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(parent, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
