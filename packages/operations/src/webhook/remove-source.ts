import { inTransaction } from '@flow/db/client';
import { deleteWebhookSource } from '@flow/db/webhook';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const removeWebhookInput = z.strictObject({ sourceId: z.string().min(1).max(64) });

/** Closes a webhook at once: the next delivery is answered like one for a source that never was. */
export async function removeWebhook(ctx: OperationContext, input: z.input<typeof removeWebhookInput>): Promise<void> {
  requireRight(ctx, 'webhook:manage');
  const { sourceId } = parseInput(removeWebhookInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const removed = await deleteWebhookSource(tx, ctx.tenantId, sourceId);
    if (removed === null) throw notFound('webhook');
    await recordChange(ctx, tx, {
      action: 'webhook.remove',
      subject: `service:${removed.serviceId}`,
      summary: `Removed a webhook of ${removed.serviceName}`,
      before: { sourceId, style: removed.style },
    });
  });
}
