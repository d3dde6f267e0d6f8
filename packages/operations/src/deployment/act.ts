import { targetAbilities, targetAction } from '@flow/core/deployment';
import type { TargetAction } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { rightsIn } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets, hasPendingAction, insertPersonsAction, lockTargetDeployment } from '@flow/db/deployment';
import type { DeploymentDetail, TargetDetail } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight, requireUserId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/** The canary as it was shown to the person: an action on anything else is refused. */
export const actGuard = z.strictObject({
  uid: z.string().min(1).max(100),
  podHash: z.string().min(1).max(100),
  stepIndex: z.number().int().min(0).nullable(),
  pauseStartedAt: z.string().max(40).nullable(),
});

export const actInput = z.strictObject({
  deploymentId: z.string().min(1).max(64),
  targetDeploymentId: z.string().min(1).max(64),
  action: targetAction,
  guard: actGuard,
});
type ActInput = z.output<typeof actInput>;

/** Names of the engine actions, as the worker knows them. */
const engineKinds = {
  promote: 'rollout-promote',
  promoteFully: 'rollout-promote-fully',
  skip: 'rollout-skip',
  pause: 'rollout-pause',
  resume: 'rollout-resume',
  abort: 'rollout-abort',
  retry: 'rollout-retry',
} as const satisfies Record<TargetAction, string>;

const verbs = {
  promote: 'promoted past its pause',
  promoteFully: 'promoted past all steps',
  skip: 'moved past its current step',
  pause: 'held where it is',
  resume: 'let go on',
  abort: 'aborted',
  retry: 'tried again',
} as const satisfies Record<TargetAction, string>;

/**
 * Writes what a person wants done to one canary, guarded by what they saw; the worker carries it out and the guard is checked again in the cluster.
 * Refused when the canary has moved on, when the state does not offer the action, and while another person's action is on its way.
 */
export async function actOnTarget(ctx: OperationContext, input: z.input<typeof actInput>): Promise<{ actionId: string }> {
  requireRight(ctx, 'deployment:act');
  const requestedBy = requireUserId(ctx);
  const asked = parseInput(actInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const { deployment, target } = await loadLocked(ctx, tx, asked);
    refuseWhatIsNotOffered(ctx, { deployment, target, asked });
    if (await hasPendingAction(tx, ctx.tenantId, target.id))
      throw new FlowError({
        code: 'conflict',
        message: `Another action on the canary in ${target.region} is on its way: wait for it and look again`,
      });
    const actionId = ctx.newId();
    await insertPersonsAction(tx, ctx.tenantId, {
      id: actionId,
      key: `${deployment.id}/${target.id}/${asked.action}/${actionId}`,
      kind: engineKinds[asked.action],
      clusterId: target.clusterId,
      target: { namespace: target.namespace, name: target.releaseName, ...asked.guard },
      requestedBy,
      deploymentId: deployment.id,
      targetDeploymentId: target.id,
      createdAt: ctx.now,
    });
    await wake(tx, { kind: 'deployment', key: deployment.id, tenantId: ctx.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: `deployment.${asked.action}`,
      subject: `deployment:${deployment.id}`,
      summary: `Asked for the canary of ${deployment.serviceName} ${deployment.version} in ${target.region} to be ${verbs[asked.action]}`,
      after: { targetDeploymentId: target.id, region: target.region, ...asked.guard },
      event: {
        type: 'target.changed',
        topics: [`deployment:${deployment.id}`],
        data: { deploymentId: deployment.id, targetDeploymentId: target.id, region: target.region, action: asked.action },
      },
    });
    return { actionId };
  });
}

async function loadLocked(ctx: OperationContext, tx: Tx, asked: ActInput): Promise<{ deployment: DeploymentDetail; target: TargetDetail }> {
  if (!(await lockTargetDeployment(tx, ctx.tenantId, asked.targetDeploymentId))) throw notFound('deployment');
  const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, asked.deploymentId);
  const target = deployment?.targets.find((candidate) => candidate.id === asked.targetDeploymentId);
  if (deployment === null || target === undefined) throw notFound('deployment');
  return { deployment, target };
}

function refuseWhatIsNotOffered(
  ctx: OperationContext,
  { deployment, target, asked }: { deployment: DeploymentDetail; target: TargetDetail; asked: ActInput },
): void {
  const { observed } = target;
  const { guard } = asked;
  if (observed !== null && (observed.uid !== guard.uid || observed.currentPodHash !== guard.podHash)) throw movedOn(target.region);
  const isOfStep = asked.action === 'promote' || asked.action === 'skip';
  if (isOfStep && observed !== null && observed.stepIndex !== guard.stepIndex) throw movedOn(target.region);
  const ability = targetAbilities({ state: target.state, observed, deploymentId: deployment.id }, rightsIn(ctx.actor, ctx.tenantId)).find(
    (one) => one.action === asked.action,
  );
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
}

function movedOn(region: string): FlowError {
  return new FlowError({
    code: 'conflict',
    message: `The canary in ${region} has moved on since you looked: look again and decide on what is there now`,
  });
}
