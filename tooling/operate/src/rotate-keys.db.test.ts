import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { clusterCredentialPlace } from '@flow/operations/cluster';
import { createSealer } from '@flow/operations/secret';
import { afterAll, beforeAll, expect, test } from 'vitest';

const [oldKey, newKey] = ['an old key that is long enough to be one', 'a new key that is long enough to be one too'];
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const run = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, [fileURLToPath(new URL('rotate-keys.ts', import.meta.url))], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
  }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, said: `${error.stdout}${error.stderr}` }),
  );

test('the command leaves every credential open under the new key alone, and says so', async () => {
  const place = clusterCredentialPlace('c-1');
  const sealedCredential = createSealer(oldKey).seal('{"kind":"token","token":"canary"}', place);
  const connection = { server: 'https://cluster.test', caPem: null };
  await db.prisma.cluster.create({ data: { id: 'c-1', name: 'one', region: 'eu', connection, sealedCredential } });
  const env = { DATABASE_URL: database.url, FLOW_ENCRYPTION_KEY: newKey, FLOW_ENCRYPTION_KEY_PREVIOUS: oldKey };
  const first = await run(env);
  expect(first).toEqual({ code: 0, said: expect.stringContaining('1 secrets were wrapped anew, 0 were already.') });
  expect(first.said).not.toContain('canary');
  const { sealedCredential: next } = await db.prisma.cluster.findUniqueOrThrow({ where: { id: 'c-1' } });
  expect(createSealer(newKey).open(next, place)).toContain('canary');
  expect((await run(env)).said).toContain('0 secrets were wrapped anew, 1 were already.');
});

test('what neither key opens is named, and the exit code says that something is left to do', async () => {
  await db.prisma.cluster.update({
    where: { id: 'c-1' },
    data: { sealedCredential: createSealer('x'.repeat(40)).seal('gone', clusterCredentialPlace('c-1')) },
  });
  const ended = await run({ DATABASE_URL: database.url, FLOW_ENCRYPTION_KEY: newKey, FLOW_ENCRYPTION_KEY_PREVIOUS: oldKey });
  expect(ended).toEqual({ code: 1, said: expect.stringContaining('cluster c-1') });
});

test('a missing key is named, and nothing is touched', async () => {
  const ended = await run({ DATABASE_URL: database.url, FLOW_ENCRYPTION_KEY: newKey });
  expect(ended).toEqual({ code: 2, said: expect.stringContaining('FLOW_ENCRYPTION_KEY_PREVIOUS') });
});
