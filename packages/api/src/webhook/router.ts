import { listWebhookSources } from '@flow/db/webhook';
import { createWebhook, createWebhookInput, removeWebhook, removeWebhookInput } from '@flow/operations/webhook';
import { z } from 'zod';
import { done, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

/** A webhook as people may see it: never its secret. */
const webhook = z.object({
  id: z.string(),
  style: z.string(),
  service: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  createdAt: instant,
  lastDelivery: z.object({ receivedAt: instant, runId: z.string().nullable() }).nullable(),
});
const managing = tenantProcedure.meta({ policy: { right: 'webhook:manage' } });

export const webhookRouter = router({
  list: managing
    .input(inTenant(pageFields))
    .output(pageOf(webhook))
    .query(({ ctx, input: { cursor, limit } }) => listWebhookSources(ctx.reader, ctx.tenant.id, { cursor, limit })),

  create: managing
    .input(inTenant(createWebhookInput.shape))
    .output(z.object({ sourceId: z.string(), secret: z.string() }))
    .mutation(({ ctx, input: { serviceId, style } }) => createWebhook(ctx.operation, { serviceId, style }, ctx.services.sealer)),

  remove: managing
    .input(inTenant(removeWebhookInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { sourceId } }) => {
      await removeWebhook(ctx.operation, { sourceId });
      return { ok: true };
    }),
});
