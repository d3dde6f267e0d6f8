import { inTransaction } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { appendEvents } from '../events/index.ts';
import type { WayBackPlace, WayBackRow } from './find-way-back.ts';

/** Keeps what was seen of a way back; the pages that show it are told when it is another than before. */
export async function saveWayBack(db: Database, tenantId: string, seen: WayBackRow & { nextAt: Date }): Promise<void> {
  const { serviceId, targetId, ...fields } = seen;
  const place = { tenantId, serviceId, targetId };
  await inTransaction(db, async (tx) => {
    const before = await tx.wayBack.findUnique({ where: { tenantId_serviceId_targetId: place } });
    await tx.wayBack.upsert({
      where: { tenantId_serviceId_targetId: place },
      create: { ...place, ...fields },
      update: fields,
    });
    const { deploymentId, light, sentence } = fields;
    if (before?.deploymentId === deploymentId && before.light === light && before.sentence === sentence) return;
    await appendEvents(tx, [
      {
        tenantId,
        topics: [`service:${serviceId}`, `deployment:${deploymentId}`],
        type: 'service.changed',
        data: { serviceId, targetId, wayBack: light },
      },
    ]);
  });
}

/** Forgets it: nothing runs there any more. */
export async function removeWayBack(db: Database, tenantId: string, { serviceId, targetId }: WayBackPlace): Promise<void> {
  await db.prisma.wayBack.deleteMany({ where: { tenantId, serviceId, targetId } });
}
