import { actorKey } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { closeIncident as saveClosed } from '@flow/db/incident';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const closeIncidentInput = z.strictObject({ incidentId: z.string().min(1).max(64) });

/** Says that it is over; what waited for it is looked at again. */
export async function closeIncident(ctx: OperationContext, input: z.input<typeof closeIncidentInput>): Promise<void> {
  requireRight(ctx, 'incident:manage');
  const { incidentId } = parseInput(closeIncidentInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const closed = await saveClosed(tx, ctx.tenantId, { id: incidentId, closedAt: ctx.now, closedBy: actorKey(ctx.actor) });
    if (closed === null) throw notFound('open incident');
    await lookAgain(ctx, tx);
    await recordChange(ctx, tx, {
      action: 'incident.close',
      subject: `service:${closed.service.id}`,
      summary: `Closed the incident of ${closed.service.name}: ${closed.title}`,
      before: { incidentId, title: closed.title, severity: closed.severity },
      event: {
        type: 'incident.changed',
        topics: [`service:${closed.service.id}`],
        data: { incidentId, serviceId: closed.service.id, isOpen: false },
      },
    });
  });
}
