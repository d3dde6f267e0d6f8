import { deliveryMayBecome } from '@flow/core/notification';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { findDelivery, saveDeliveryState } from '@flow/db/notification';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { subjectOf } from './deliver.ts';

export const retryDeliveryInput = z.strictObject({ deliveryId: z.string().min(1).max(64) });

/** Has a delivery that was set aside tried again, from the first try on. */
export async function retryDelivery(ctx: OperationContext, input: z.input<typeof retryDeliveryInput>): Promise<void> {
  requireRight(ctx, 'webhook:manage');
  const { deliveryId } = parseInput(retryDeliveryInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const row = await findDelivery(tx, ctx.tenantId, deliveryId);
    if (row === null) throw notFound('delivery');
    if (!deliveryMayBecome(row.state, 'waiting') || row.state === 'sending')
      throw new FlowError({ code: 'precondition', message: 'It was sent, or is on its way: only what was set aside is tried again' });
    const isSaved = await saveDeliveryState(tx, ctx.tenantId, {
      id: deliveryId,
      from: row.state,
      to: 'waiting',
      attempts: 0,
      nextAt: ctx.now,
    });
    if (!isSaved) throw new FlowError({ code: 'conflict', message: 'Someone else was faster: look again' });
    await wake(tx, { kind: 'delivery', key: deliveryId, tenantId: ctx.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'notification.retry',
      subject: subjectOf(row),
      summary: `Had a message that was set aside sent again (${row.route}, ${row.kind})`,
      after: { deliveryId },
    });
  });
}
