import { beginWalk } from '@flow/core/audit';
import type { ChainFault, ChainHead } from '@flow/core/audit';
import { byWorker, insertAuditEntry, listCheckpoints, listLinks } from '@flow/db/audit';
import { createDatabase, inTransaction } from '@flow/db/client';
import type { Database, Tx } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { checkChain, checkpointSigner, findKnownHeads, walkWholeChain } from '@flow/operations/audit';
import { actAs, createTestTenant, systemActor, testId, worldNow } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tell } from '../told.ts';

const { auditEvents: size, tamperings, seed } = faultSettings();
const random = seededNumbers(seed);
const signer = checkpointSigner('a secret of the operator with many characters');
/** Signed ends are this far from each other. */
const signEvery = 200;
/** So many entries are written in one transaction: few, so that a busy machine is done with them in time. */
const atOnce = 20;
const limitMs = 3_600_000;

let database: TestDatabase;
let db: Database;
let tenantId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  ({ id: tenantId } = await createTestTenant(db));
  for (let written = 0; written < size; written += signEvery) {
    for (let index = 0; index < signEvery; index += atOnce) await append(atOnce);
    await checkChain(actAs(db, tenantId, systemActor), {}, { signer, signal: AbortSignal.timeout(limitMs) });
  }
}, limitMs);
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const append = (count: number): Promise<void> =>
  inTransaction(db, async (tx) => {
    for (let index = 0; index < count; index += 1) {
      const said = { action: 'run.start', subject: `run:${index}`, summary: `Started run ${index}`, after: { index } };
      await insertAuditEntry(tx, tenantId, { id: testId('audit'), at: worldNow, ...byWorker, ...said });
    }
  });

/** What somebody with every right on the database does at a place, and the first place that must be named afterwards. */
interface Tampering {
  statements: (seq: number) => readonly string[];
  named: (seq: number) => number;
}
const entryAt = (seq: number): string => `(SELECT entry_id FROM audit_link WHERE tenant_id = $1 AND seq = ${seq})`;
const there = (seq: number): number => seq;
const shift = (seq: number, by: 1 | -1): string[] => [
  `UPDATE audit_link SET seq = -seq WHERE tenant_id = $1 AND seq ${by === 1 ? '>=' : '>'} ${seq}`,
  `UPDATE audit_link SET seq = -seq + ${by} WHERE tenant_id = $1 AND seq < 0`,
];
const tamperingsByName: Readonly<Record<string, Tampering>> = {
  edit: {
    statements: (seq) => [`UPDATE audit_entry SET summary = 'Nothing happened' WHERE tenant_id = $1 AND id = ${entryAt(seq)}`],
    named: there,
  },
  delete: {
    statements: (seq) => [
      `DELETE FROM audit_entry WHERE tenant_id = $1 AND id = ${entryAt(seq)}`,
      `DELETE FROM audit_link WHERE tenant_id = $1 AND seq = ${seq}`,
    ],
    named: there,
  },
  'delete and close the gap': {
    statements: (seq) => [
      `DELETE FROM audit_entry WHERE tenant_id = $1 AND id = ${entryAt(seq)}`,
      `DELETE FROM audit_link WHERE tenant_id = $1 AND seq = ${seq}`,
      ...shift(seq, -1),
      `UPDATE audit_chain SET seq = seq - 1 WHERE tenant_id = $1`,
    ],
    named: there,
  },
  insert: {
    statements: (seq) => [
      `INSERT INTO audit_entry SELECT tenant_id, 'forged', at, actor, actor_name, action, subject, summary, before, after, request_id, address, digest, door, on_behalf_of FROM audit_entry WHERE tenant_id = $1 AND id = ${entryAt(seq)}`,
      ...shift(seq, 1),
      `INSERT INTO audit_link (tenant_id, seq, entry_id, hash) SELECT tenant_id, ${seq}, 'forged', hash FROM audit_link WHERE tenant_id = $1 AND seq = ${seq + 1}`,
      `UPDATE audit_chain SET seq = seq + 1 WHERE tenant_id = $1`,
    ],
    named: there,
  },
  reorder: {
    statements: (seq) => [
      `UPDATE audit_link SET entry_id = entry_id || '-moved' WHERE tenant_id = $1 AND seq IN (${seq}, ${seq + 1})`,
      `UPDATE audit_link link SET entry_id = replace(other.entry_id, '-moved', '') FROM audit_link other WHERE link.tenant_id = $1 AND other.tenant_id = $1 AND link.seq IN (${seq}, ${seq + 1}) AND other.seq = ${2 * seq + 1} - link.seq`,
    ],
    named: there,
  },
  'cut of the tail': { statements: (seq) => [`DELETE FROM audit_link WHERE tenant_id = $1 AND seq >= ${seq}`], named: there },
  'cut of the tail and of the end': {
    statements: (seq) => [
      `DELETE FROM audit_link WHERE tenant_id = $1 AND seq >= ${seq}`,
      `DELETE FROM audit_entry entry WHERE tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM audit_link link WHERE link.tenant_id = $1 AND link.entry_id = entry.id)`,
      `UPDATE audit_chain SET seq = ${seq - 1}, hash = (SELECT hash FROM audit_link WHERE tenant_id = $1 AND seq = ${seq - 1}) WHERE tenant_id = $1`,
    ],
    named: there,
  },
};

class Undone extends Error {}

/** Tampers, walks as the check does from where an earlier one ended, and takes everything back. */
async function walkAfter(statements: readonly string[], from: ChainHead, tamper?: (tx: Tx) => Promise<void>): Promise<ChainFault | null> {
  let fault: ChainFault | null = null;
  const change = async (tx: Tx): Promise<void> => {
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
    for (const statement of statements) await tx.$executeRawUnsafe(statement, tenantId);
    await tamper?.(tx);
    const known = await findKnownHeads(tx, tenantId, signer.verifier);
    ({ fault } = await walkWholeChain(tx, tenantId, { from, known }));
    throw new Undone();
  };
  await db.prisma.$transaction(change, { timeout: limitMs }).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return fault;
}

/** A place that is known to hold, shortly before another one. */
async function heldBefore(seq: number): Promise<ChainHead> {
  const held = Math.max(0, seq - 1 - Math.floor(random() * 400));
  const [link] = held === 0 ? [] : await listLinks(db.prisma, tenantId, { seq: held - 1, limit: 1 });
  return link ?? beginWalk(tenantId);
}

/** Writes everything anew from an edited entry up to the next signed end, as the database itself would chain it. */
function rewriteFrom(seq: number, upTo: number): (tx: Tx) => Promise<void> {
  return async (tx) => {
    const links = await listLinks(tx, tenantId, { seq: seq - 1, limit: upTo - seq + 1 });
    await tx.$executeRawUnsafe(`DELETE FROM audit_link WHERE tenant_id = $1 AND seq >= ${seq}`, tenantId);
    await tx.$executeRawUnsafe(
      `UPDATE audit_chain SET seq = ${seq - 1}, hash = (SELECT hash FROM audit_link WHERE tenant_id = $1 AND seq = ${seq - 1}) WHERE tenant_id = $1`,
      tenantId,
    );
    await tx.$executeRawUnsafe(
      `DELETE FROM audit_entry entry WHERE tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM audit_link link WHERE link.tenant_id = $1 AND link.entry_id = entry.id)`,
      tenantId,
    );
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = origin');
    for (const [index, { entry }] of links.entries()) {
      if (entry === null) continue;
      const { tenantId: _tenant, before: _before, after, ...said } = entry;
      const summary = index === 0 ? 'Nothing happened' : said.summary;
      await insertAuditEntry(tx, tenantId, { ...said, summary, after: JSON.parse(JSON.stringify(after)) });
    }
    await tx.$executeRawUnsafe('SET CONSTRAINTS ALL IMMEDIATE');
  };
}

test('whatever is changed in the record by hand is found, with the first bad entry named', { timeout: limitMs }, async () => {
  const counts: Record<string, number> = { entries: size, tamperings: 0 };
  const violations: string[] = [];
  expect(await walkAfter([], beginWalk(tenantId))).toBeNull();
  expect(await listCheckpoints(db.prisma, tenantId)).toHaveLength(size / signEvery);
  const names = [...Object.keys(tamperingsByName), 'rewrite'];
  for (let turn = 0; turn < tamperings; turn += 1) {
    const name = names[turn % names.length] ?? '';
    const seq = 2 + Math.floor(random() * (size - 3));
    const from = await heldBefore(seq);
    const tampering = tamperingsByName[name];
    const signed = Math.ceil(seq / signEvery) * signEvery;
    const fault =
      tampering === undefined ? await walkAfter([], from, rewriteFrom(seq, signed)) : await walkAfter(tampering.statements(seq), from);
    // What was written anew holds in itself: it contradicts the next signed end.
    const wanted = tampering?.named(seq) ?? signed;
    counts['tamperings'] = turn + 1;
    counts[name] = (counts[name] ?? 0) + 1;
    if (fault?.seq !== wanted) violations.push(`${name} at ${seq}: named is ${String(fault?.seq)}, not ${wanted}`);
  }
  tell({ goal: 'G16', counts, violations, seed });
  expect(violations).toEqual([]);
});
