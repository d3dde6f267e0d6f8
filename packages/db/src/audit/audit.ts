import type { Prisma } from '../generated/client.ts';
import type { Tx } from '../client/index.ts';
import { happenedBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** Platform-wide changes are kept under this name in place of a tenant. */
export const platformTenantId = 'platform';

export interface NewAuditEntry {
  id: string;
  at: Date;
  /** `user:<id>`, `worker`, `system` or `webhook:<source>`. */
  actor: string;
  actorName: string;
  /** `deployment.ask`, `approval.vote`, … */
  action: string;
  /** What it was done to: `deployment:<id>`. */
  subject: string;
  summary: string;
  before?: Prisma.InputJsonValue | undefined;
  after?: Prisma.InputJsonValue | undefined;
  requestId: string | null;
  address: string | null;
}

/** Appends to the record in the transaction of the change. */
export async function insertAuditEntry(tx: Tx, tenantId: string, entry: NewAuditEntry): Promise<void> {
  const { before, after, ...rest } = entry;
  await tx.auditEntry.create({
    data: { tenantId, ...rest, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
  });
}

export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  actorName: string;
  action: string;
  subject: string;
  summary: string;
  before: unknown;
  after: unknown;
  requestId: string | null;
  address: string | null;
}

const auditSelect = {
  id: true,
  at: true,
  actor: true,
  actorName: true,
  action: true,
  subject: true,
  summary: true,
  before: true,
  after: true,
  requestId: true,
  address: true,
} as const;

export interface AuditFilter {
  action?: string | undefined;
  actor?: string | undefined;
  subject?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** The record of the tenant, newest first. */
export async function listAuditEntries(reader: Tx, tenantId: string, query: PageQuery & { filter: AuditFilter }): Promise<Page<AuditRow>> {
  const { action, actor, subject, from, to } = query.filter;
  const span =
    from === undefined && to === undefined
      ? {}
      : { at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) } };
  const rows = await reader.auditEntry.findMany({
    where: {
      tenantId,
      AND: [happenedBefore(query.cursor), span],
      ...(action === undefined ? {} : { action }),
      ...(actor === undefined ? {} : { actor }),
      ...(subject === undefined ? {} : { subject }),
    },
    select: auditSelect,
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows, query.limit, (row) => row.at);
}
