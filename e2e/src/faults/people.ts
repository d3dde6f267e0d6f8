import { FlowError } from '@flow/core/fault';
import { rolloutView } from '@flow/core/rollout';
import { vote } from '@flow/operations/approval';
import { actOnTarget, requestRollback } from '@flow/operations/deployment';
import { contextOf } from './ground.ts';
import type { Ground, GroundTools } from './ground.ts';

/** What people do with a deployment: promote every canary, or take it back at the canary of the second wave. */
export type Wish = 'promote' | 'rollBack';

/**
 * Does what people do now that they see this on the pages: approves, promotes a canary that waits, or asks to go back. True when something was done.
 * What the product refuses because the world has moved on is looked at again the next time.
 */
export async function actAsPeople(tools: GroundTools, ground: Ground, seen: { deploymentId: string; wish: Wish }): Promise<boolean> {
  try {
    return (await approve(tools, ground, seen.deploymentId)) || (await steer(tools, ground, seen));
  } catch (error) {
    if (error instanceof FlowError && (error.code === 'conflict' || error.code === 'precondition')) return false;
    throw error;
  }
}

async function approve(tools: GroundTools, ground: Ground, deploymentId: string): Promise<boolean> {
  const request = await tools.db.prisma.approvalRequest.findUnique({
    where: { tenantId_deploymentId: { tenantId: ground.tenantId, deploymentId } },
  });
  if (request?.state !== 'pending') return false;
  const ctx = contextOf(tools, ground.tenantId, ground.approver);
  await vote(ctx, { approvalId: request.id, answer: 'approve', shownHash: request.subjectHash });
  return true;
}

async function steer(tools: GroundTools, ground: Ground, { deploymentId, wish }: { deploymentId: string; wish: Wish }): Promise<boolean> {
  const { tenantId } = ground;
  const deployment = await tools.db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: deploymentId } },
    include: { targets: true },
  });
  const paused = deployment.targets.find((target) => target.state === 'paused');
  if (paused === undefined || deployment.requestedAction !== null) return false;
  const ctx = contextOf(tools, tenantId, ground.asker);
  if (wish === 'rollBack' && paused.wave === 1) {
    await requestRollback(ctx, { deploymentId, idempotencyKey: `back-${deploymentId}` });
    return true;
  }
  const { uid, currentPodHash, stepIndex, pause } = rolloutView.parse(paused.observed);
  const asked = await tools.db.prisma.engineAction.count({
    where: { tenantId, targetDeploymentId: paused.id, kind: 'rollout-promote', state: { not: 'refused' } },
  });
  if (pause === null || asked > 0) return false;
  const guard = { uid, podHash: currentPodHash, stepIndex, pauseStartedAt: pause.startedAt };
  await actOnTarget(ctx, { deploymentId, targetDeploymentId: paused.id, action: 'promote', guard });
  return true;
}
