import type { Database, Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

export interface WebhookSourceRow {
  tenantId: string;
  id: string;
  style: string;
  sealedSecret: string;
  service: { id: string; defaultBranch: string };
}

/** The source with this id; ids are unique over all tenants, and the signature decides whether the sender may speak for it. platform-wide: a delivery names no tenant. */
export async function findWebhookSource(db: Database, sourceId: string): Promise<WebhookSourceRow | null> {
  return db.prisma.webhookSource.findFirst({
    where: { id: sourceId },
    select: { tenantId: true, id: true, style: true, sealedSecret: true, service: { select: { id: true, defaultBranch: true } } },
  });
}

/** Takes a delivery, once: false when one with this id was taken before. */
export async function insertDelivery(
  tx: Tx,
  tenantId: string,
  delivery: { sourceId: string; deliveryId: string; receivedAt: Date; runId: string | null },
): Promise<boolean> {
  const { count } = await tx.webhookDelivery.createMany({ data: [{ tenantId, ...delivery }], skipDuplicates: true });
  return count === 1;
}

/** Adds or replaces the source of a service. */
export async function saveWebhookSource(
  tx: Tx,
  tenantId: string,
  source: { id: string; serviceId: string; style: 'github' | 'gitlab'; sealedSecret: string },
): Promise<void> {
  const { id, ...fields } = source;
  await tx.webhookSource.upsert({ where: { tenantId_id: { tenantId, id } }, create: { tenantId, id, ...fields }, update: fields });
}

/** A source as people may see it. */
export interface ListedWebhook {
  id: string;
  style: string;
  service: { id: string; slug: string; name: string };
  createdAt: Date;
  /** When the last delivery was taken, and the run that it started. */
  lastDelivery: { receivedAt: Date; runId: string | null } | null;
}

/** Sources of the tenant, newest first. */
export async function listWebhookSources(reader: Tx, tenantId: string, query: PageQuery): Promise<Page<ListedWebhook>> {
  const rows = await reader.webhookSource.findMany({
    where: { tenantId, ...createdBefore(query.cursor) },
    select: {
      id: true,
      style: true,
      createdAt: true,
      service: { select: { id: true, slug: true, name: true } },
      deliveries: { select: { receivedAt: true, runId: true }, orderBy: { receivedAt: 'desc' }, take: 1 },
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  const read = rows.map(({ deliveries, ...source }) => ({ ...source, lastDelivery: deliveries[0] ?? null }));
  return toPage(read, query.limit, (row) => row.createdAt);
}

/** How many sources the service has. */
export function countWebhookSources(reader: Tx, tenantId: string, serviceId: string): Promise<number> {
  return reader.webhookSource.count({ where: { tenantId, serviceId } });
}

/** Removes a source with the record of its deliveries; what it was, or null when it is not there. */
export async function deleteWebhookSource(
  tx: Tx,
  tenantId: string,
  id: string,
): Promise<{ serviceId: string; serviceName: string; style: string } | null> {
  const source = await tx.webhookSource.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { style: true, service: { select: { id: true, name: true } } },
  });
  if (source === null) return null;
  const { count } = await tx.webhookSource.deleteMany({ where: { tenantId, id } });
  return count === 1 ? { serviceId: source.service.id, serviceName: source.service.name, style: source.style } : null;
}
