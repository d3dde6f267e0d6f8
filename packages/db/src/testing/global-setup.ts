import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/index.ts';

/** Vitest's global set-up: a PostgreSQL for this run, unless the whole test run brings one. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env['FLOW_TEST_DATABASE_URL'] !== undefined) return () => Promise.resolve();
  const folder = await mkdtemp(join(tmpdir(), 'flow-test-postgres-'));
  // As root, the server runs as a user of its own, who must get in.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, 'data'),
    isTemporary: true,
    flags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'],
  });
  process.env['FLOW_TEST_DATABASE_URL'] = postgres.url('postgres');
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
