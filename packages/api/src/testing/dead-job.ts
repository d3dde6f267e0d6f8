import type { Database } from '@flow/db/client';
import { worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';

/** Sets a job of the tenant aside: the one that the walk has tried again. */
export async function addDeadJob(db: Database, { id, webhookId }: TestTenant): Promise<void> {
  await db.prisma.job.create({ data: { kind: 'webhook', key: webhookId, tenantId: id, runAt: worldNow, deadAt: worldNow } });
}
