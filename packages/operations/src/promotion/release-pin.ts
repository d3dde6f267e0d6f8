import { FlowError } from '@flow/core/fault';
import { actorKey, actorName } from '@flow/core/rights';
import { findEnvironment, findService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { savePinRelease, wakePromotionsOf } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const releasePinInput = z.strictObject({ serviceId: z.string().min(1).max(64), environmentId: z.string().min(1).max(64) });

/** Lets automation on again where a person kept a version. What waited for it goes on by itself. */
export async function releasePin(ctx: OperationContext, input: z.input<typeof releasePinInput>): Promise<void> {
  requireRight(ctx, 'deployment:pin');
  const place = parseInput(releasePinInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const service = await findService(tx, ctx.tenantId, place.serviceId);
    if (service === null) throw notFound('service');
    const environment = await findEnvironment(tx, ctx.tenantId, place.environmentId);
    if (environment === null) throw notFound('environment');
    await lookAgain(ctx, tx);
    await wakePromotionsOf(tx, ctx.tenantId, { serviceId: place.serviceId, at: ctx.now });
    if (!(await savePinRelease(tx, ctx.tenantId, { ...place, by: actorKey(ctx.actor), byName: actorName(ctx.actor), at: ctx.now })))
      throw new FlowError({
        code: 'precondition',
        message: `${service.name} is not pinned in ${environment.name}: somebody has released it`,
      });
    await recordChange(ctx, tx, {
      action: 'deployment.releasePin',
      subject: `service:${place.serviceId}`,
      summary: `Released the pin of ${service.name} in ${environment.name}`,
      after: { environmentId: place.environmentId },
      event: {
        type: 'service.changed',
        topics: [`service:${place.serviceId}`],
        data: { serviceId: place.serviceId, environmentId: place.environmentId, isPinned: false },
      },
    });
  });
}
