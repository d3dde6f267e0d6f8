import { randomBytes } from 'node:crypto';
import { beginWalk, endWalk, walkChain } from '@flow/core/audit';
import type { ChainFault } from '@flow/core/audit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, inTransaction } from '../client/index.ts';
import type { Database, Tx } from '../client/index.ts';
import { ensureRole, grantRights, migrations } from '../migrate/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import {
  byWorker,
  findChainHead,
  findLinkBeyondEnd,
  findUnlinkedEntry,
  insertAuditEntry,
  listAuditEntries,
  listLinks,
  sha256,
} from './index.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 16);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

let counter = 0;
const aTenant = () => `t${(counter += 1)}`;
const append = (tx: Tx, tenantId: string, over: { summary?: string; after?: object } = {}) => {
  const id = `e${(counter += 1)}`;
  const entry = { ...byWorker, id, at: new Date('2026-03-01T10:00:00.123Z'), action: 'a.b', subject: 'x:1', summary: 'Something', ...over };
  return insertAuditEntry(tx, tenantId, { ...entry, after: JSON.parse(JSON.stringify(over.after ?? { id })) });
};
const walked = async (tenantId: string): Promise<ChainFault | null> => {
  const links = await listLinks(db.prisma, tenantId, { seq: 0, limit: 100_000 });
  return endWalk(walkChain(beginWalk(tenantId), links, { known: [], sha256 }), await findChainHead(db.prisma, tenantId), []);
};

describe('the chain of a tenant', () => {
  test('is what core computes, whatever an entry holds', async () => {
    const tenantId = aTenant();
    const odd = { ü: 'ä 😀 \u2028 " \\ \n', a: [1, 0.1, 1e21, -0, 1e-7, true, null, { z: 1, A: 2 }], empty: {}, list: [] };
    await inTransaction(db, (tx) => append(tx, tenantId, { summary: 'Ein Eintrag: „ü“ 😀', after: odd }));
    await inTransaction(db, (tx) => append(tx, tenantId));
    expect(await walked(tenantId)).toBeNull();
    expect((await findChainHead(db.prisma, tenantId)).seq).toBe(2);
  });

  test('is in the order of commits, and nobody waits for another one before their own commit', async () => {
    const tenantId = aTenant();
    const [slow, isCommitting] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = inTransaction(db, async (tx) => {
      await append(tx, tenantId, { summary: 'written first' });
      isCommitting.resolve();
      await slow.promise;
    });
    await isCommitting.promise;
    await inTransaction(db, (tx) => append(tx, tenantId, { summary: 'committed first' }));
    slow.resolve();
    await first;
    const links = await listLinks(db.prisma, tenantId, { seq: 0, limit: 10 });
    expect(links.map((link) => link.entry?.summary)).toEqual(['committed first', 'written first']);
  });

  test('has no gap and loses nothing while many write, and some of them change their mind', async () => {
    const tenants = [aTenant(), aTenant()];
    let kept = 0;
    const writeOne = async (index: number): Promise<void> => {
      const tenantId = tenants[index % 2] ?? '';
      const isKept = index % 5 !== 0;
      if (isKept) kept += 1;
      await inTransaction(db, async (tx) => {
        await append(tx, tenantId);
        if (index % 3 === 0) await append(tx, tenantId);
        if (!isKept) throw new Error('changed their mind');
      }).catch((error: Error) => expect(error.message).toBe('changed their mind'));
    };
    await Promise.all(Array.from({ length: 200 }, (_, index) => writeOne(index)));
    const heads = await Promise.all(tenants.map((tenantId) => findChainHead(db.prisma, tenantId)));
    const both = Array.from({ length: 200 }, (_, index) => index).filter((index) => index % 5 !== 0 && index % 3 === 0).length;
    expect(heads.reduce((sum, head) => sum + head.seq, 0)).toBe(kept + both);
    expect(await Promise.all(tenants.map(walked))).toEqual([null, null]);
    expect(await Promise.all(tenants.map((tenantId) => findUnlinkedEntry(db.prisma, tenantId)))).toEqual([null, null]);
  });
});

describe('the database refuses', () => {
  const statements = [
    `UPDATE audit_entry SET summary = 'Nothing'`,
    'DELETE FROM audit_entry',
    'TRUNCATE audit_entry',
    `UPDATE audit_link SET hash = ''`,
    'DELETE FROM audit_link',
    'TRUNCATE audit_link',
    `INSERT INTO audit_link VALUES ('t', 1, 'e', 'h')`,
    `UPDATE audit_chain SET seq = 0`,
    `INSERT INTO audit_chain VALUES ('t', 1, 'h')`,
    'DELETE FROM audit_chain',
    'TRUNCATE audit_chain',
    `UPDATE audit_checkpoint SET note = ''`,
    'DELETE FROM audit_checkpoint',
    'TRUNCATE audit_checkpoint',
  ];

  test.each(statements)('%s, whoever asks', async (statement) => {
    const tenantId = aTenant();
    await inTransaction(db, (tx) => append(tx, tenantId));
    await db.prisma.auditCheckpoint.create({ data: { tenantId, seq: 1, at: new Date(0), note: 'n' } });
    await expect(db.pool.query(statement)).rejects.toThrow(/the audit record is only ever added to/);
    expect(await walked(tenantId)).toBeNull();
  });

  test('the role of the processes has no right to any of it, nor to switch off what refuses, and may append and do its work', async () => {
    const role = { name: `app_${randomBytes(4).toString('hex')}`, password: `it's "a" pass` };
    await ensureRole(database.url, role);
    await ensureRole(database.url, role);
    await grantRights(database.url, role.name);
    await grantRights(database.url, role.name);
    const url = Object.assign(new URL(database.url), { username: role.name, password: role.password }).href;
    const app = createDatabase(url, 2);
    onTestFinished(async () => {
      await app.close();
      await db.pool.query(`DROP OWNED BY ${role.name}; DROP ROLE ${role.name}`);
    });
    const tenantId = aTenant();
    await inTransaction(app, (tx) => append(tx, tenantId));
    expect(await walked(tenantId)).toBeNull();
    const more = [
      `ALTER TABLE audit_entry DISABLE TRIGGER ALL`,
      `SET session_replication_role = replica`,
      `DROP TRIGGER audit_entry_kept ON audit_entry`,
      `SELECT audit_append_one('t', 'e', 'd')`,
      'DELETE FROM _prisma_migrations',
    ];
    for (const statement of [...statements, ...more])
      await expect(app.pool.query(statement)).rejects.toThrow(/permission denied|must be owner/);
    await app.prisma.tenant.create({ data: { id: tenantId, slug: tenantId, name: 'Made by the processes' } });
    await app.prisma.tenant.delete({ where: { id: tenantId } });
  });
});

describe('what somebody with every right put there by hand', () => {
  const byHand = (sql: string, values: string[]) =>
    inTransaction(db, async (tx) => {
      await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
      await tx.$executeRawUnsafe(sql, ...values);
    });

  test('in the table alone is named', async () => {
    const tenantId = aTenant();
    await inTransaction(db, (tx) => append(tx, tenantId));
    const copy = `INSERT INTO audit_entry SELECT tenant_id, 'forged', at, actor, actor_name, action, subject, summary, before, after, request_id, address, digest, door, on_behalf_of FROM audit_entry WHERE tenant_id = $1`;
    await byHand(copy, [tenantId]);
    expect(await findUnlinkedEntry(db.prisma, tenantId)).toEqual({ id: 'forged' });
  });

  test('behind the end of the chain is named', async () => {
    const tenantId = aTenant();
    await inTransaction(db, (tx) => append(tx, tenantId));
    await byHand(`INSERT INTO audit_link SELECT tenant_id, 2, 'forged', hash FROM audit_link WHERE tenant_id = $1`, [tenantId]);
    expect(await findLinkBeyondEnd(db.prisma, tenantId)).toEqual({ seq: 2, entryId: 'forged' });
  });
});

test('what was recorded before there were chains is chained in the order of time by the migration', async () => {
  const server = process.env['FLOW_TEST_DATABASE_URL'] ?? '';
  const name = `before_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const old = new pg.Client({ connectionString: url });
  await old.connect();
  const migrated = createDatabase(url, 2);
  onTestFinished(async () => {
    await old.end();
    await migrated.close();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
  const all = await migrations();
  const index = all.findIndex((migration) => migration.name.endsWith('_chain_audit_entries'));
  for (const { sql } of all.slice(0, index)) await old.query(sql);
  await old.query(`INSERT INTO tenant (id, slug, name) VALUES ('t', 't', 'T')`);
  await old.query(`INSERT INTO "user" (id, email, name) VALUES ('u', 'u@flow.test', 'U')`);
  await old.query(`INSERT INTO membership (tenant_id, user_id, role) VALUES ('t', 'u', 'admin')`);
  await old.query(`INSERT INTO api_token (tenant_id, id, user_id, name, token_hash, expires_at) VALUES ('t', 'k', 'u', 'K', 'h', now())`);
  const insert = `INSERT INTO audit_entry (tenant_id, id, at, actor, actor_name, action, subject, summary, before, after) VALUES ($1, $2, $3, $4, 'N', 'a.b', 's', $5, $6, $7)`;
  await old.query(insert, [
    't',
    'later',
    '2026-01-02T00:00:00.5Z',
    'token:k',
    'Später „ü“ 😀',
    null,
    '{"b": {"y": [1, 0.5, "\\n\\u0001"], "ü": null}, "a": true}',
  ]);
  await old.query(insert, ['t', 'earlier', '2026-01-01T00:00:00Z', 'user:u', 'Earlier', '{}', '[]']);
  await old.query(insert, ['platform', 'other', '2026-01-01T00:00:00Z', 'worker', 'Other', null, null]);
  for (const { sql } of all.slice(index)) await old.query(sql);
  const links = await listLinks(migrated.prisma, 't', { seq: 0, limit: 10 });
  expect(links.map(({ seq, entry }) => [seq, entry?.id, entry?.door, entry?.onBehalfOf])).toEqual([
    [1, 'earlier', 'portal', null],
    [2, 'later', 'api', 'user:u'],
  ]);
  expect(endWalk(walkChain(beginWalk('t'), links, { known: [], sha256 }), await findChainHead(migrated.prisma, 't'), [])).toBeNull();
  expect((await findChainHead(migrated.prisma, 'platform')).seq).toBe(1);
});

test('the record is found by words, by a kind of action, and by the person behind a token', async () => {
  const tenantId = aTenant();
  const entry = { ...byWorker, at: new Date('2026-03-01T10:00:00Z'), subject: 'x:1', summary: 'Approved Checkout' };
  await inTransaction(db, async (tx) => {
    await insertAuditEntry(tx, tenantId, {
      ...entry,
      id: 'vote',
      action: 'approval.vote',
      actor: 'token:k',
      onBehalfOf: 'user:u',
      door: 'api',
    });
    await insertAuditEntry(tx, tenantId, { ...entry, id: 'other', action: 'run.start', summary: 'Started', actorName: 'Grace' });
  });
  const found = async (filter: Parameters<typeof listAuditEntries>[2]['filter']) =>
    (await listAuditEntries(db.prisma, tenantId, { limit: 10, filter })).items.map((item) => item.id);
  expect(await found({ search: 'checkOUT' })).toEqual(['vote']);
  expect(await found({ search: 'grace' })).toEqual(['other']);
  expect(await found({ search: '100%_' })).toEqual([]);
  expect(await found({ action: 'approval.' })).toEqual(['vote']);
  expect(await found({ actor: 'user:u' })).toEqual(['vote']);
});
