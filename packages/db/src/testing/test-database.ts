import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { applyMigrations, hashOf, migrations } from '../migrate/index.ts';

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

// Any number that no other advisory lock of the tests uses.
const lockKey = 4_120_771;

/** A database of its own for one test file, cloned in a moment from a template that is migrated once for each state of the migrations. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['FLOW_TEST_DATABASE_URL'];
  if (server === undefined)
    throw new Error('FLOW_TEST_DATABASE_URL is missing: the vitest config of the package must name @flow/db/testing/global-setup');
  const template = await ensureTemplate(server);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    url: databaseUrl(server, name),
    [Symbol.asyncDispose]: () =>
      withServer(server, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

async function ensureTemplate(server: string): Promise<string> {
  const name = `template_${hashOf((await migrations()).flatMap((migration) => [migration.name, migration.sql]))}`;
  await withServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 1) return;
    // Under another name until it is whole, so that a killed run leaves no half-made template.
    const draft = `draft_${randomBytes(6).toString('hex')}`;
    await client.query(`CREATE DATABASE ${draft}`);
    await applyMigrations(databaseUrl(server, draft));
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  });
  return name;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function withServer<Result>(server: string, act: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
