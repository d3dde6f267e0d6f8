import type { AuditEntry, Door } from '@flow/core/audit';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { happenedBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

export type AuditRow = Omit<AuditEntry, 'tenantId'>;

export const door = z.enum(['portal', 'api', 'webhook', 'worker']) satisfies z.ZodType<Door>;

export const entrySelect = {
  id: true,
  at: true,
  actor: true,
  actorName: true,
  onBehalfOf: true,
  door: true,
  action: true,
  subject: true,
  summary: true,
  before: true,
  after: true,
  requestId: true,
  address: true,
} as const;

export interface AuditFilter {
  /** The whole action (`approval.vote`), or all of a kind (`approval.`). */
  action?: string | undefined;
  /** The whole key of an actor, or of the person behind a token. */
  actor?: string | undefined;
  subject?: string | undefined;
  /** Words in the summary or in the name of who did it. */
  search?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** The record of the tenant, newest first. */
export async function listAuditEntries(reader: Tx, tenantId: string, query: PageQuery & { filter: AuditFilter }): Promise<Page<AuditRow>> {
  const rows = await reader.auditEntry.findMany({
    where: { tenantId, AND: [happenedBefore(query.cursor), ...conditionsOf(query.filter)] },
    select: entrySelect,
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(
    rows.map((row) => ({ ...row, door: door.parse(row.door) })),
    query.limit,
    (row) => row.at,
  );
}

/** What a filter asks of a row. */
export function conditionsOf({ action, actor, subject, search, from, to }: AuditFilter): object[] {
  const contains = { contains: search ?? '', mode: 'insensitive' };
  return [
    ...(action === undefined ? [] : [{ action: action.endsWith('.') ? { startsWith: action } : action }]),
    ...(actor === undefined ? [] : [{ OR: [{ actor }, { onBehalfOf: actor }] }]),
    ...(subject === undefined ? [] : [{ subject }]),
    ...(search === undefined ? [] : [{ OR: [{ summary: contains }, { actorName: contains }] }]),
    ...(from === undefined ? [] : [{ at: { gte: from } }]),
    ...(to === undefined ? [] : [{ at: { lt: to } }]),
  ];
}

/** The places of entries in the chain, by id. */
export async function listSeqs(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await reader.auditLink.findMany({ where: { tenantId, entryId: { in: [...ids] } }, select: { entryId: true, seq: true } });
  return new Map(rows.map((row) => [row.entryId, row.seq]));
}
