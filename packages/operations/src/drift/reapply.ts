import { FlowError } from '@flow/core/fault';
import { actorName } from '@flow/core/rights';
import { findEnvironment, findService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { findRunningRelease, listDrift, saveAskedReapply } from '@flow/db/drift';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight, requireUserId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

const id = z.string().min(1).max(64);
export const reapplyInput = z.strictObject({ serviceId: id, targetId: id });

/**
 * Has a worker put what differs in a target back as it was deployed; what was adopted stays. A wish that is still to be carried out is not doubled. Refused while
 * a deployment moves there: it applies what it brings.
 */
export async function reapplyDeployed(ctx: OperationContext, input: z.input<typeof reapplyInput>): Promise<void> {
  requireRight(ctx, 'deployment:ask');
  const place = parseInput(reapplyInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const release = await findRunningRelease(tx, ctx.tenantId, place);
    const service = await findService(tx, ctx.tenantId, place.serviceId);
    if (release === null || service === null) throw notFound('release');
    const environment = await findEnvironment(tx, ctx.tenantId, release.environmentId);
    const where = `${environment?.name ?? release.environmentId}, ${release.region}`;
    if (release.isMoving)
      throw new FlowError({
        code: 'precondition',
        message: `A deployment of ${service.name} moves in ${where}: wait for its end, it applies what it brings`,
      });
    const open = (await listDrift(tx, ctx.tenantId, place)).filter((one) => one.adoptedAt === null);
    if (open.length === 0)
      throw new FlowError({
        code: 'precondition',
        message: `Nothing of ${service.name} in ${where} differs from what was deployed, except what was adopted`,
      });
    const isNew = await saveAskedReapply(tx, ctx.tenantId, { ...place, by: requireUserId(ctx), byName: actorName(ctx.actor), at: ctx.now });
    await wake(tx, { kind: 'driftReapply', key: `${place.serviceId}/${place.targetId}`, tenantId: ctx.tenantId, runAt: ctx.now });
    if (!isNew) return;
    await recordChange(ctx, tx, {
      action: 'drift.reapply',
      subject: `service:${place.serviceId}`,
      summary: `Asked to apply again what was deployed of ${service.name} in ${where}: ${open.length} ${open.length === 1 ? 'difference' : 'differences'}`,
      after: {
        environmentId: release.environmentId,
        targetId: place.targetId,
        fields: open.map(({ object, path }) => `${object} ${path}`.trim()),
      },
      event: {
        type: 'service.changed',
        topics: [`service:${place.serviceId}`],
        data: { serviceId: place.serviceId, targetId: place.targetId },
      },
    });
  });
}
