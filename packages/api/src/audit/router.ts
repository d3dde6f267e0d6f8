import { listAuditEntries } from '@flow/db/audit';
import { z } from 'zod';
import { inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

const auditEntry = z.object({
  id: z.string(),
  at: instant,
  actor: z.string(),
  actorName: z.string(),
  action: z.string(),
  subject: z.string(),
  summary: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
});

const time = z.iso.datetime().transform((text) => new Date(text));
const text = z.string().min(1).max(200);

export const auditRouter = router({
  /** Every change in the tenant, newest first. */
  list: tenantProcedure
    .meta({ policy: { right: 'audit:read' } })
    .input(
      inTenant({
        ...pageFields,
        action: text.optional(),
        actor: text.optional(),
        subject: text.optional(),
        from: time.optional(),
        to: time.optional(),
      }),
    )
    .output(pageOf(auditEntry))
    .query(({ ctx, input: { cursor, limit, tenant: _tenant, ...filter } }) =>
      listAuditEntries(ctx.reader, ctx.tenant.id, { cursor, limit, filter }),
    ),
});
