import { listIncidents, severity } from '@flow/db/incident';
import { closeIncident, closeIncidentInput, openIncident, openIncidentInput } from '@flow/operations/incident';
import { z } from 'zod';
import { done, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

const incident = z.object({
  id: z.string(),
  title: z.string(),
  severity,
  service: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  openedAt: instant,
  closedAt: instant.nullable(),
});

export const incidentRouter = router({
  list: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant({ ...pageFields, isOpen: z.boolean().default(false) }))
    .output(pageOf(incident))
    .query(({ ctx, input: { cursor, limit, isOpen } }) => listIncidents(ctx.reader, ctx.tenant.id, { cursor, limit, isOpen })),

  open: tenantProcedure
    .meta({ policy: { right: 'incident:manage' } })
    .input(inTenant(openIncidentInput.shape))
    .output(z.object({ incidentId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => openIncident(ctx.operation, input)),

  close: tenantProcedure
    .meta({ policy: { right: 'incident:manage' } })
    .input(inTenant(closeIncidentInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { incidentId } }) => {
      await closeIncident(ctx.operation, { incidentId });
      return { ok: true };
    }),
});
