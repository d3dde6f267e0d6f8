import { FlowError } from '@flow/core/fault';
import { actorKey, actorName } from '@flow/core/rights';
import { findEnvironment, findService, listRunningVersions } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { insertPin, wakePromotionsOf } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const pinInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  environmentId: z.string().min(1).max(64),
  reason: z.string().trim().min(1, 'say why it stays where it is').max(500),
});

/** Keeps a service in an environment at what runs there: automation waits until somebody releases the pin; people decide for themselves. */
export async function pinService(ctx: OperationContext, input: z.input<typeof pinInput>): Promise<{ pinId: string }> {
  requireRight(ctx, 'deployment:pin');
  const { serviceId, environmentId, reason } = parseInput(pinInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const service = await findService(tx, ctx.tenantId, serviceId);
    if (service === null) throw notFound('service');
    const environment = await findEnvironment(tx, ctx.tenantId, environmentId);
    if (environment === null) throw notFound('environment');
    const [running] = (await listRunningVersions(tx, ctx.tenantId, [serviceId])).filter((one) => one.environmentId === environmentId);
    if (running === undefined)
      throw new FlowError({
        code: 'precondition',
        message: `Nothing of ${service.name} runs in ${environment.name} that it could stay at`,
      });
    const { artifactId, version } = running;
    const pinId = ctx.newId();
    await lookAgain(ctx, tx);
    await wakePromotionsOf(tx, ctx.tenantId, { serviceId, at: ctx.now });
    const placed = { placedBy: actorKey(ctx.actor), placedByName: actorName(ctx.actor), placedAt: ctx.now };
    const pin = { id: pinId, serviceId, environmentId, kind: 'pin' as const, artifactId, version, reason, ...placed };
    if (!(await insertPin(tx, ctx.tenantId, pin)))
      throw new FlowError({
        code: 'conflict',
        message: `${service.name} is pinned in ${environment.name} already: release that pin first`,
      });
    await recordChange(ctx, tx, {
      action: 'deployment.pin',
      subject: `service:${serviceId}`,
      summary: `Pinned ${service.name} in ${environment.name} to ${version}: ${reason}`,
      after: { environmentId, artifactId, version, reason },
      event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId, environmentId, isPinned: true } },
    });
    return { pinId };
  });
}
