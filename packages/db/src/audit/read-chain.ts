import { genesisHash } from '@flow/core/audit';
import type { AuditLink, ChainHead } from '@flow/core/audit';
import type { Tx } from '../client/index.ts';
import { conditionsOf, door, entrySelect } from './list-entries.ts';
import type { AuditFilter } from './list-entries.ts';

/** The end of a chain; one without entries ends before its first place. */
export async function findChainHead(reader: Tx, tenantId: string): Promise<ChainHead> {
  const row = await reader.auditChain.findUnique({ where: { tenantId }, select: { seq: true, hash: true } });
  return row ?? { seq: 0, hash: genesisHash };
}

/** Links after a place, in order, each with its entry as far as it is there. */
export async function listLinks(reader: Tx, tenantId: string, after: { seq: number; limit: number }): Promise<AuditLink[]> {
  const links = await reader.auditLink.findMany({
    where: { tenantId, seq: { gt: after.seq } },
    select: { seq: true, entryId: true, hash: true },
    orderBy: { seq: 'asc' },
    take: after.limit,
  });
  const entries = await reader.auditEntry.findMany({
    where: { tenantId, id: { in: links.map((link) => link.entryId) } },
    select: entrySelect,
  });
  const byId = new Map(entries.map((entry) => [entry.id, { ...entry, tenantId, door: door.parse(entry.door) }]));
  return links.map((link) => ({ ...link, entry: byId.get(link.entryId) ?? null }));
}

/** The first link beyond the end of its chain, or null: both move at once, so there is none unless somebody put it there. */
export async function findLinkBeyondEnd(reader: Tx, tenantId: string): Promise<{ seq: number; entryId: string } | null> {
  const rows = await reader.$queryRaw<{ seq: number; entryId: string }[]>`
    SELECT link.seq, link.entry_id AS "entryId" FROM audit_link link LEFT JOIN audit_chain chain ON chain.tenant_id = link.tenant_id
    WHERE link.tenant_id = ${tenantId} AND link.seq > COALESCE(chain.seq, 0)
    ORDER BY link.seq LIMIT 1`;
  return rows[0] ?? null;
}

/** An entry that no link names, or null. A transaction shows both at once, so there is none unless somebody put it there. */
export async function findUnlinkedEntry(reader: Tx, tenantId: string): Promise<{ id: string } | null> {
  const rows = await reader.$queryRaw<{ id: string }[]>`
    SELECT entry.id FROM audit_entry entry
    WHERE entry.tenant_id = ${tenantId}
      AND NOT EXISTS (SELECT 1 FROM audit_link link WHERE link.tenant_id = entry.tenant_id AND link.entry_id = entry.id)
    ORDER BY entry.at, entry.id LIMIT 1`;
  return rows[0] ?? null;
}

/** Of the links after a place those whose entries fit the filter, for an export; `nextSeq` is where the next page begins, null at the end. */
export async function listFittingLinks(
  reader: Tx,
  tenantId: string,
  after: { seq: number; upTo: number; limit: number; filter: AuditFilter },
): Promise<{ links: AuditLink[]; nextSeq: number | null }> {
  const links = (await listLinks(reader, tenantId, after)).filter((link) => link.seq <= after.upTo);
  const last = links.at(-1);
  const conditions = conditionsOf(after.filter);
  const fitting =
    conditions.length === 0
      ? null
      : await reader.auditEntry.findMany({
          where: { tenantId, id: { in: links.map((link) => link.entryId) }, AND: conditions },
          select: { id: true },
        });
  const ids = fitting === null ? null : new Set(fitting.map(({ id }) => id));
  return {
    links: ids === null ? links : links.filter((link) => ids.has(link.entryId)),
    nextSeq: last === undefined || last.seq >= after.upTo ? null : last.seq,
  };
}

export interface CheckpointRow {
  seq: number;
  at: Date;
  note: string;
}

/** The checkpoints of a chain, newest first. One an hour, so that ten years are bounded. */
export function listCheckpoints(reader: Tx, tenantId: string): Promise<CheckpointRow[]> {
  return reader.auditCheckpoint.findMany({
    where: { tenantId },
    select: { seq: true, at: true, note: true },
    orderBy: { seq: 'desc' },
    take: 100_000,
  });
}

/** The newest checkpoint of a chain, or null. */
export function findNewestCheckpoint(reader: Tx, tenantId: string): Promise<CheckpointRow | null> {
  return reader.auditCheckpoint.findFirst({ where: { tenantId }, select: { seq: true, at: true, note: true }, orderBy: { seq: 'desc' } });
}

export interface CheckRow {
  seq: number;
  hash: string;
  checkedAt: Date;
  wholeAt: Date;
  fault: string | null;
}

/** What the last walk over the chain found; null before the first one. */
export function findCheck(reader: Tx, tenantId: string): Promise<CheckRow | null> {
  return reader.auditCheck.findUnique({
    where: { tenantId },
    select: { seq: true, hash: true, checkedAt: true, wholeAt: true, fault: true },
  });
}

/** A chain with how far it goes and how far it was checked. */
export interface ChainGlance {
  tenantId: string;
  seq: number;
  checkedSeq: number | null;
  wholeAt: Date | null;
}

/** Every chain that there is, or of which a signed end is known. platform-wide: the worker and the command walk over all of them. */
export function listChains(reader: Tx, after: { tenantId: string; limit: number }): Promise<ChainGlance[]> {
  return reader.$queryRaw<ChainGlance[]>`
    SELECT known.tenant_id AS "tenantId", COALESCE(chain.seq, 0) AS seq, done.seq AS "checkedSeq", done.whole_at AS "wholeAt"
    FROM (SELECT tenant_id FROM audit_chain UNION SELECT tenant_id FROM audit_checkpoint) known
    LEFT JOIN audit_chain chain ON chain.tenant_id = known.tenant_id LEFT JOIN audit_check done ON done.tenant_id = known.tenant_id
    WHERE known.tenant_id > ${after.tenantId} ORDER BY known.tenant_id LIMIT ${after.limit}`;
}
