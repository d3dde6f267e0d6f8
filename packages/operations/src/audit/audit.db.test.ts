import { findCheck, findChainHead, insertAuditEntry, listCheckpoints, listLinks } from '@flow/db/audit';
import { createDatabase, inTransaction } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeIncident, openIncident } from '../incident/index.ts';
import { actAs, createTestTenant, endOf, recordedOf, systemActor, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { checkChain, checkpointSigner, verifyChain } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
});

const signer = checkpointSigner('a secret of the operator with many characters');
const signal = AbortSignal.timeout(600_000);
const as = (person: keyof TestTenant['people']) => actAs(db, tenant.id, tenant.people[person].actor);
const verify = () => verifyChain(as('admin'), signer.verifier);
const check = (over: { isWhole?: boolean; hours?: number; by?: typeof signer | null } = {}) => {
  const now = new Date(worldNow.getTime() + (over.hours ?? 0) * 3_600_000);
  return checkChain(
    actAs(db, tenant.id, { actor: systemActor, now }),
    { isWhole: over.isWhole ?? false },
    { signer: over.by === undefined ? signer : over.by, signal },
  );
};
/** Two entries in the record for each round. */
const work = async (rounds: number): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    const { incidentId } = await openIncident(as('developer'), { serviceId: tenant.serviceId, title: `Slow ${round}`, severity: 'minor' });
    await closeIncident(as('developer'), { incidentId });
  }
};
/** As somebody with every right on the database, past all that refuses. */
const byHand = (sql: string, ...values: (string | number)[]) =>
  inTransaction(db, async (tx) => {
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
    await tx.$executeRawUnsafe(sql, tenant.id, ...values);
  });

describe('a chain that somebody tampered with', () => {
  const size = 40;
  const tamperings: Readonly<Record<string, (seq: number) => Promise<unknown>>> = {
    edit: (seq) =>
      byHand(
        `UPDATE audit_entry SET summary = summary || '!' WHERE tenant_id = $1 AND id = (SELECT entry_id FROM audit_link WHERE tenant_id = $1 AND seq = $2)`,
        seq,
      ),
    'edit of before and after': (seq) =>
      byHand(
        `UPDATE audit_entry SET after = '{"forged": true}', before = '{"forged": true}' WHERE tenant_id = $1 AND id = (SELECT entry_id FROM audit_link WHERE tenant_id = $1 AND seq = $2)`,
        seq,
      ),
    delete: (seq) =>
      byHand(
        `WITH gone AS (DELETE FROM audit_link WHERE tenant_id = $1 AND seq = $2 RETURNING entry_id) DELETE FROM audit_entry WHERE tenant_id = $1 AND id IN (SELECT entry_id FROM gone)`,
        seq,
      ),
    'delete of the entry alone': (seq) =>
      byHand(
        `DELETE FROM audit_entry WHERE tenant_id = $1 AND id = (SELECT entry_id FROM audit_link WHERE tenant_id = $1 AND seq = $2)`,
        seq,
      ),
    'another entry in its place': (seq) =>
      byHand(
        `UPDATE audit_link SET entry_id = CASE seq WHEN $2 THEN (SELECT entry_id || '-swapped' FROM audit_link WHERE tenant_id = $1 AND seq = $2 + 1) ELSE entry_id END WHERE tenant_id = $1`,
        seq,
      ),
    'cut of the tail': (seq) => byHand(`DELETE FROM audit_link WHERE tenant_id = $1 AND seq >= $2`, seq),
  };

  test.each(Object.entries(tamperings))('%s: found, with the first bad entry named', async (_, tamper) => {
    await work(size / 2);
    const seq = 1 + Math.floor(Math.random() * (size - 1));
    await tamper(seq);
    expect(await verify(), `tampered with at ${seq}`).toMatchObject({ fault: { seq, sentence: expect.stringContaining(String(seq)) } });
  });

  test('added to by hand: the entry is named', async () => {
    await work(2);
    await byHand(
      `INSERT INTO audit_entry (tenant_id, id, at, actor, actor_name, action, subject, summary, digest) VALUES ($1, 'forged', now(), 'user:x', 'X', 'a.b', 's', 'Forged', 'd')`,
    );
    expect(await verify()).toMatchObject({ fault: { kind: 'unlinked', entryId: 'forged' } });
  });

  test('cut at the end, with the end moved back: only a signed end from before tells', async () => {
    await work(5);
    await check();
    await byHand(`DELETE FROM audit_link WHERE tenant_id = $1 AND seq > 6`);
    await byHand(`DELETE FROM audit_entry WHERE tenant_id = $1 AND id NOT IN (SELECT entry_id FROM audit_link WHERE tenant_id = $1)`);
    await byHand(
      `UPDATE audit_chain SET seq = 6, hash = (SELECT hash FROM audit_link WHERE tenant_id = $1 AND seq = 6) WHERE tenant_id = $1`,
    );
    expect(await verifyChain(as('admin'), null)).toMatchObject({ fault: null });
    expect(await verify()).toMatchObject({ fault: { kind: 'cut', seq: 7 } });
  });

  test('written anew from an edited entry on: only a signed end from before tells', async () => {
    await work(5);
    await check();
    const links = await listLinks(db.prisma, tenant.id, { seq: 0, limit: 100 });
    const rows = links.flatMap(({ seq, entry }) => {
      if (entry === null) return [];
      const { before, after, ...said } = entry;
      return [{ seq, entry: { ...said, before: JSON.parse(JSON.stringify(before)), after: JSON.parse(JSON.stringify(after)) } }];
    });
    await byHand(`DELETE FROM audit_link WHERE tenant_id = $1`);
    await byHand(`DELETE FROM audit_entry WHERE tenant_id = $1`);
    await byHand(`DELETE FROM audit_chain WHERE tenant_id = $1`);
    for (const row of rows) {
      const summary = row.seq === 4 ? 'Nothing happened' : row.entry.summary;
      await inTransaction(db, (tx) => insertAuditEntry(tx, tenant.id, { ...row.entry, summary }));
    }
    expect(await verifyChain(as('admin'), null)).toMatchObject({ fault: null, held: { seq: 10 } });
    expect(await verify()).toMatchObject({ fault: { kind: 'rewritten', seq: 10, sentence: expect.stringContaining('written anew') } });
  });

  test('forged checkpoints prove nothing, and taken ones are missed by whoever kept a copy', async () => {
    await work(1);
    await byHand(
      `INSERT INTO audit_checkpoint VALUES ($1, 99, now(), $2)`,
      checkpointSigner('the secret of somebody else, who is not known').sign({
        tenantId: tenant.id,
        seq: 99,
        hash: 'ab'.repeat(32),
        at: worldNow,
      }),
    );
    expect(await verify()).toMatchObject({ fault: null, signedCount: 0 });
  });
});

describe('checkChain', () => {
  test('signs the end of what was seen to hold, once for each new end, and goes on from there', async () => {
    await work(3);
    expect(await check()).toMatchObject({
      held: { seq: 6 },
      count: 6,
      fault: null,
      note: expect.stringContaining(`flow-audit/${tenant.id}\n6\n`),
    });
    expect(await check()).toMatchObject({ count: 0, note: null });
    await work(1);
    expect(await check()).toMatchObject({ count: 2, held: { seq: 8 }, note: expect.stringContaining('\n8\n') });
    expect(await check({ isWhole: true })).toMatchObject({ count: 8, note: null });
    expect((await listCheckpoints(db.prisma, tenant.id)).map((row) => row.seq)).toEqual([8, 6]);
    expect(await verify()).toMatchObject({ signedCount: 2, fault: null });
  });

  test('without a key it checks and signs nothing', async () => {
    await work(1);
    expect(await check({ by: null })).toMatchObject({ fault: null, note: null });
    expect(await listCheckpoints(db.prisma, tenant.id)).toEqual([]);
  });

  test('a fault is told once, is signed by nobody, and stays while it is there', async () => {
    await work(2);
    await byHand(
      `UPDATE audit_entry SET summary = 'Nothing' WHERE tenant_id = $1 AND id = (SELECT entry_id FROM audit_link WHERE tenant_id = $1 AND seq = 3)`,
    );
    for (const hours of [1, 2]) expect(await check({ hours })).toMatchObject({ note: null, fault: { seq: 3 } });
    expect(await recordedOf(db, tenant.id, 'audit.fault')).toMatchObject({ auditCount: 1 });
    expect((await recordedOf(db, tenant.id, 'audit.fault')).eventTypes).toContain('audit.appended');
    expect(await findCheck(db.prisma, tenant.id)).toMatchObject({ seq: 2, fault: expect.stringContaining('Entry 3') });
  });

  test('is for Flow alone, and a look at the whole chain for those who may read the record', async () => {
    const asAdmin = checkChain(as('admin'), {}, { signer, signal });
    expect(await endOf(asAdmin)).toBe('forbidden');
    expect(await endOf(verifyChain(as('developer'), signer.verifier))).toBe('forbidden');
    expect(await endOf(verifyChain(as('releaseManager'), signer.verifier))).toBe('done');
  });
});

test('whatever is done, and by however many at once, the chain holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }), async (rounds) => {
      await Promise.all(rounds.map((count) => work(count)));
      expect(await verify()).toMatchObject({ fault: null });
    }),
    { numRuns: 5 },
  );
  const head = await findChainHead(db.prisma, tenant.id);
  expect(head.seq).toBe(await db.prisma.auditEntry.count({ where: { tenantId: tenant.id } }));
});
