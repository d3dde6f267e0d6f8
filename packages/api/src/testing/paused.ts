import type { Database } from '@flow/db/client';
import type { TestTenant } from '@flow/operations/testing';

/** Has the deployment that moves wait for a person: it is the one that the walk lets go on, takes back and acts on. */
export async function pauseMoving(db: Database, { id: tenantId, movingId: id }: TestTenant): Promise<void> {
  await db.prisma.deployment.update({ where: { tenantId_id: { tenantId, id } }, data: { state: 'paused' } });
}
