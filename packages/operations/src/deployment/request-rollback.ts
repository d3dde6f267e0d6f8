import { deploymentAbilities } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { rightsIn } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { findDeploymentWithTargets, findPreviousArtifact, isOvertaken } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { pinAfterRollback } from '../promotion/pin-after-rollback.ts';
import { askForDeployment } from './ask.ts';
import { claimWish, wishChange } from './cancel.ts';

export const requestRollbackInput = z.strictObject({
  deploymentId: z.string().min(1).max(64),
  idempotencyKey: z.string().min(8).max(100).optional(),
});

/**
 * Goes back to what ran before. A deployment that moves takes itself back; one that has succeeded, or went on without a region that failed, is followed by a new deployment, of the kind `rollback`,
 * of the version that was healthy there before; one that was overtaken by a later success is refused, since that would skip what runs. The id is that of the deployment to watch. When a person goes back, automation stays off there until the pin
 * that is left is released.
 */
export async function requestRollback(
  ctx: OperationContext,
  input: z.input<typeof requestRollbackInput>,
): Promise<{ deploymentId: string }> {
  requireRight(ctx, 'deployment:rollback');
  const { deploymentId, idempotencyKey } = parseInput(requestRollbackInput, input);
  const found = await findDeploymentWithTargets(ctx.db.prisma, ctx.tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  const isHealthySomewhere = found.targets.some(({ state }) => state === 'healthy');
  if (found.state === 'succeeded' || (found.state === 'failed' && isHealthySomewhere)) return followBack(ctx, found, idempotencyKey);
  return inTransaction(ctx.db, async (tx) => {
    await claimWish(ctx, tx, { deployment: found, action: 'rollback' });
    const previous = await findPreviousArtifact(tx, ctx.tenantId, {
      ...placeOf(found),
      before: found.createdAt,
      notArtifactId: found.artifactId,
    });
    await pinAfterRollback(ctx, tx, {
      serviceId: found.serviceId,
      environmentId: found.environmentId,
      artifactId: previous?.artifactId ?? null,
      version: previous?.version ?? 'what ran before',
    });
    await recordChange(ctx, tx, wishChange(found, 'rollback'));
    return { deploymentId };
  });
}

async function followBack(
  ctx: OperationContext,
  found: DeploymentDetail,
  idempotencyKey: string | undefined,
): Promise<{ deploymentId: string }> {
  const state = { ...found, isOvertaken: await isOvertaken(ctx.db.prisma, ctx.tenantId, found), isHealthySomewhere: true };
  const ability = deploymentAbilities(state, rightsIn(ctx.actor, ctx.tenantId)).find(({ action }) => action === 'rollback');
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
  const place = placeOf(found);
  const previous = await findPreviousArtifact(ctx.db.prisma, ctx.tenantId, {
    ...place,
    before: found.createdAt,
    notArtifactId: found.artifactId,
  });
  if (previous === null)
    throw new FlowError({
      code: 'precondition',
      message: `No other version of ${found.serviceName} was healthy in ${found.environmentName} before this one`,
    });
  const asked = { ...place, artifactId: previous.artifactId, kind: 'rollback' as const };
  return askForDeployment(ctx, idempotencyKey === undefined ? asked : { ...asked, idempotencyKey });
}

function placeOf({ serviceId, environmentId }: DeploymentDetail): { serviceId: string; environmentId: string } {
  return { serviceId, environmentId };
}
