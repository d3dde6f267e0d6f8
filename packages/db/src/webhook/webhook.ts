import type { Database, Tx } from '../client/index.ts';

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
