import { actorKey } from '@flow/core/rights';
import { findService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { insertIncident, severity } from '@flow/db/incident';
import { saveIncidentOutcome } from '@flow/db/verdict';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const openIncidentInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  title: z.string().trim().min(1, 'say in a few words what is wrong').max(200),
  severity,
});

/** Says that something is wrong with a service. Rules look at it until it is closed. */
export async function openIncident(ctx: OperationContext, input: z.input<typeof openIncidentInput>): Promise<{ incidentId: string }> {
  requireRight(ctx, 'incident:manage');
  const { serviceId, title, severity: how } = parseInput(openIncidentInput, input);
  const incidentId = ctx.newId();
  await inTransaction(ctx.db, async (tx) => {
    const service = await findService(tx, ctx.tenantId, serviceId);
    if (service === null) throw notFound('service');
    const openedBy = actorKey(ctx.actor);
    await insertIncident(tx, ctx.tenantId, { id: incidentId, serviceId, title, severity: how, openedAt: ctx.now, openedBy });
    await saveIncidentOutcome(tx, ctx.tenantId, { serviceId, incidentId, at: ctx.now });
    await lookAgain(ctx, tx);
    await recordChange(ctx, tx, {
      action: 'incident.open',
      subject: `service:${serviceId}`,
      summary: `Opened a ${how} incident of ${service.name}: ${title}`,
      after: { incidentId, title, severity: how },
      event: { type: 'incident.changed', topics: [`service:${serviceId}`], data: { incidentId, serviceId, isOpen: true } },
    });
  });
  return { incidentId };
}
