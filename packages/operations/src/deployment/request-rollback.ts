import { deploymentAbilities, hasArrived } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { rightsIn } from '@flow/core/rights';
import { endedWayBack, planBack } from '@flow/core/way-back';
import type { BackLeg } from '@flow/core/way-back';
import { inTransaction } from '@flow/db/client';
import { findDeploymentWithTargets, findKeptAnswer, findPreviousArtifact } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { findRegionsBehind } from '@flow/db/way-back';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { pinAfterRollback } from '../promotion/pin-after-rollback.ts';
import { askForDeployments, keyOwner } from './ask.ts';
import { claimWish, wishChange } from './cancel.ts';

export const requestRollbackInput = z.strictObject({
  deploymentId: z.string().min(1).max(64),
  idempotencyKey: z.string().min(8).max(100).optional(),
  /** Of one that has ended: what comes back where, as the person was shown it. Left out, whatever was healthy last in each region comes back. */
  shown: z
    .array(z.strictObject({ targetId: z.string().min(1).max(64), artifactId: z.string().min(1).max(64) }))
    .max(50)
    .optional(),
});

/** The deployment to watch, and others that take the regions back whose last good version is another one. */
interface Requested {
  deploymentId: string;
  alsoIds: string[];
}

/**
 * Goes back to what ran before. A deployment that moves takes itself back; one that has succeeded, or went on without a region that failed, is followed by a new deployment, of the kind `rollback`,
 * of the last other version that was healthy, in all regions at once; regions whose last good version is another one go back by a deployment of their own. One that was overtaken by a later success
 * is refused, since that would skip what runs. When a person goes back, automation stays off there until the pin that is left is released.
 */
export async function requestRollback(ctx: OperationContext, input: z.input<typeof requestRollbackInput>): Promise<Requested> {
  requireRight(ctx, 'deployment:rollback');
  const asked = parseInput(requestRollbackInput, input);
  const { deploymentId } = asked;
  const found = await findDeploymentWithTargets(ctx.db.prisma, ctx.tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  if (hasArrived(found)) return followBack(ctx, found, asked);
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
    return { deploymentId, alsoIds: [] };
  });
}

async function followBack(
  ctx: OperationContext,
  found: DeploymentDetail,
  { idempotencyKey, shown }: z.output<typeof requestRollbackInput>,
): Promise<Requested> {
  // It may have succeeded since, and would be refused as overtaken by itself.
  const before = idempotencyKey === undefined ? null : await findAnswer(ctx, found, idempotencyKey);
  if (before !== null) return before;
  const behind = await findRegionsBehind(ctx.db.prisma, ctx.tenantId, found.id);
  const state = { ...found, wayBack: endedWayBack(behind) };
  const ability = deploymentAbilities(state, rightsIn(ctx.actor, ctx.tenantId)).find(({ action }) => action === 'rollback');
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
  const { legs } = planBack(behind);
  refuseOtherThanShown(legs, shown);
  const [deploymentId = '', ...alsoIds] = await askForDeployments(
    ctx,
    legs.map(({ artifactId, targetIds }, index) => ({
      ...placeOf(found),
      artifactId,
      targetIds: [...targetIds],
      kind: 'rollback' as const,
      isAtOnce: true,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey: keyOfLeg(idempotencyKey, index) }),
    })),
  );
  return { deploymentId, alsoIds };
}

/** What the same request was answered, when it is sent again after a lost answer. */
async function findAnswer(ctx: OperationContext, found: DeploymentDetail, key: string): Promise<Requested | null> {
  const answered: string[] = [];
  for (;;) {
    const kept = await findKeptAnswer(ctx.db.prisma, ctx.tenantId, { userId: keyOwner(ctx), key: keyOfLeg(key, answered.length) });
    if (kept === null) break;
    answered.push(kept.resultId);
  }
  const [deploymentId, ...alsoIds] = answered;
  if (deploymentId === undefined) return null;
  const made = await findDeploymentWithTargets(ctx.db.prisma, ctx.tenantId, deploymentId);
  const isOfIt = made?.kind === 'rollback' && made.createdAt >= found.createdAt;
  if (isOfIt && made.serviceId === found.serviceId && made.environmentId === found.environmentId) return { deploymentId, alsoIds };
  throw new FlowError({ code: 'conflict', message: 'This idempotency key was used for another request: use a new one' });
}

function keyOfLeg(key: string, index: number): string {
  return index === 0 ? key : `${key}/${index}`;
}

/** What a person agreed to is what is done: another answer, for a version that was put into quarantine meanwhile, is looked at first. */
function refuseOtherThanShown(legs: readonly BackLeg[], shown: readonly { targetId: string; artifactId: string }[] | undefined): void {
  if (shown === undefined) return;
  const said = (all: readonly { targetId: string; artifactId: string }[]): string =>
    all
      .map(({ targetId, artifactId }) => `${targetId} ${artifactId}`)
      .toSorted()
      .join();
  if (said(shown) === said(legs.flatMap(({ artifactId, targetIds }) => targetIds.map((targetId) => ({ targetId, artifactId }))))) return;
  throw new FlowError({ code: 'conflict', message: 'What comes back is not what you were shown any more: look at it again' });
}

function placeOf({ serviceId, environmentId }: DeploymentDetail): { serviceId: string; environmentId: string } {
  return { serviceId, environmentId };
}
