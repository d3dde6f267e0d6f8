import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportCheckpointLine, exportHeaderLine, exportLine } from '@flow/core/audit';
import { byWorker, findChainHead, insertAuditEntry, insertCheckpoint, listLinks } from '@flow/db/audit';
import { createDatabase, inTransaction } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { checkpointSigner } from '@flow/operations/audit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const secret = 'a secret of the operator with many characters';
const signer = checkpointSigner(secret);
const at = new Date('2026-03-01T10:00:00Z');
let database: TestDatabase;
let db: Database;
let folder: string;
beforeEach(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 2);
  await db.prisma.tenant.create({ data: { id: 't1', slug: 'acme', name: 'Acme' } });
  for (const tenantId of ['t1', 't1', 't1', 'platform']) await append(tenantId);
  return async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  };
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-audit-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let counter = 0;
const append = (tenantId: string, summary = 'Something') => {
  const id = `e${(counter += 1)}`;
  return inTransaction(db, (tx) =>
    insertAuditEntry(tx, tenantId, { ...byWorker, id, at, action: 'a.b', subject: 's', summary, after: { id } }),
  );
};
const sign = async (tenantId = 't1') => signer.sign({ ...(await findChainHead(db.prisma, tenantId)), tenantId, at });
const byHand = (sql: string) =>
  inTransaction(db, async (tx) => {
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
    await tx.$executeRawUnsafe(sql);
  });
const aFile = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

/** Runs the command as an operator does. */
function verify(
  args: readonly string[],
  environment: Record<string, string> = { FLOW_AUDIT_KEY: secret },
): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url, FLOW_STATE_DIR: folder, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'verify.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    );
  });
}

test('all chains hold: each is told with its signed ends', async () => {
  await insertCheckpoint(db.prisma, 't1', { seq: 3, at, note: await sign() });
  const { code, output } = await verify([]);
  expect(output).toContain(`Signed ends are those of ${signer.verifier.text}`);
  expect(output).toContain('acme: 3 entries hold, with 1 signed end');
  expect(output).toContain('platform: 1 entries hold, with 0 signed ends');
  expect(code).toBe(0);
});

test('the first bad entry is named, of the chain that was asked for', async () => {
  await byHand(
    `UPDATE audit_entry SET summary = 'Nothing' WHERE id = (SELECT entry_id FROM audit_link WHERE tenant_id = 't1' AND seq = 2)`,
  );
  expect(await verify(['--tenant', 'acme'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('acme: DOES NOT HOLD from entry 2 on'),
  });
  expect(await verify(['--tenant', 'platform'])).toMatchObject({ code: 0 });
});

test('a chain that was taken away whole is missed by a checkpoint that was kept elsewhere', async () => {
  const kept = await aFile('kept', `${await sign()}\n`);
  for (const table of ['audit_entry', 'audit_link', 'audit_chain']) await byHand(`DELETE FROM ${table} WHERE tenant_id = 't1'`);
  expect(await verify([])).toMatchObject({ code: 0 });
  expect(await verify(['--checkpoints', kept])).toMatchObject({
    code: 1,
    output: expect.stringContaining('acme: DOES NOT HOLD from entry 1 on'),
  });
});

test('a checkpoint by another key proves nothing, and the public key alone is enough to look', async () => {
  const foreign = await aFile(
    'foreign',
    checkpointSigner('the secret of somebody else, who is not known').sign({ tenantId: 't1', seq: 1, hash: 'ab'.repeat(32), at }),
  );
  expect(await verify(['--checkpoints', foreign])).toMatchObject({ code: 2, output: expect.stringContaining('is not signed by this key') });
  const kept = await aFile('kept-again', await sign());
  expect(await verify(['--key', signer.verifier.text, '--checkpoints', kept], {})).toMatchObject({ code: 0 });
  expect((await verify([], {})).output).toContain('No key is known');
});

test('an export is looked at without a database, and what was changed in it is found', async () => {
  const head = await findChainHead(db.prisma, 't1');
  const links = await listLinks(db.prisma, 't1', { seq: 0, limit: 100 });
  const whole = [
    exportHeaderLine({ tenantId: 't1', head, at, filter: {} }),
    ...links.map(exportLine),
    exportCheckpointLine(await sign()),
  ].join('');
  const nowhere = { FLOW_AUDIT_KEY: secret, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' };
  expect(await verify(['--export', await aFile('whole', whole)], nowhere)).toMatchObject({
    code: 0,
    output: expect.stringContaining('3 entries hold, with 1 signed end'),
  });
  const edited = await aFile('edited', whole.replace('Something', 'Nothing'));
  expect(await verify(['--export', edited], nowhere)).toMatchObject({ code: 1, output: expect.stringContaining('from entry 1 on') });
  const cut = await aFile('cut', whole.split('\n').toSpliced(3, 1).join('\n'));
  expect(await verify(['--export', cut], nowhere)).toMatchObject({ code: 1, output: expect.stringContaining('from entry 3 on') });
  const filtered = await aFile('filtered', exportHeaderLine({ tenantId: 't1', head, at, filter: { actor: 'user:u' } }));
  expect(await verify(['--export', filtered], nowhere)).toMatchObject({
    code: 2,
    output: expect.stringContaining('holds a part of the record'),
  });
  expect(await verify(['--export', await aFile('none', 'hello\n')], nowhere)).toMatchObject({
    code: 2,
    output: expect.stringContaining('Line 1 of'),
  });
});

test('what cannot be looked at is said so, with what to do', async () => {
  expect(await verify([], { DATABASE_URL: '' })).toMatchObject({ code: 2, output: expect.stringContaining('There is no DATABASE_URL') });
  expect(await verify(['--tenant', 'nobody'])).toMatchObject({ code: 2, output: expect.stringContaining('There is no tenant nobody') });
  expect(await verify(['--what'])).toMatchObject({ code: 2, output: expect.stringContaining('pnpm audit:verify [options]') });
  expect(await verify(['--help'])).toMatchObject({ code: 0 });
});
