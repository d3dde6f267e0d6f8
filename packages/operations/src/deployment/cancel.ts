import { deploymentAbilities, deploymentState } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { rightsIn, userIdOf } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { claimRequestedAction, findDeploymentWithTargets } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const cancelDeploymentInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/** Withdraws a deployment that has not touched anything yet. */
export async function cancelDeployment(ctx: OperationContext, input: z.input<typeof cancelDeploymentInput>): Promise<void> {
  requireRight(ctx, 'deployment:cancel');
  const { deploymentId } = parseInput(cancelDeploymentInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
    if (deployment === null) throw notFound('deployment');
    await claimWish(ctx, tx, { deployment, action: 'cancel' });
    await recordChange(ctx, tx, wishChange(deployment, 'cancel'));
  });
}

/** Writes a person's wish where the state allows it, in one statement, and wakes the machine; refuses with the reason that the button shows. */
export async function claimWish(
  ctx: OperationContext,
  tx: Tx,
  wish: { deployment: DeploymentDetail; action: 'cancel' | 'rollback' },
): Promise<void> {
  const { deployment, action } = wish;
  const ability = deploymentAbilities({ ...deployment, wayBack: null }, rightsIn(ctx.actor, ctx.tenantId)).find(
    (one) => one.action === action,
  );
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
  const states = deploymentState.options.filter((state) => offers(state, action) && (action === 'cancel' || state !== 'succeeded'));
  const by = userIdOf(ctx.actor) ?? ctx.actor.kind;
  if (!(await claimRequestedAction(tx, ctx.tenantId, { id: deployment.id, action, by, states }))) {
    throw new FlowError({ code: 'conflict', message: 'It has moved on, or someone else was faster: look at it again' });
  }
  await wake(tx, { kind: 'deployment', key: deployment.id, tenantId: ctx.tenantId, runAt: ctx.now });
}

function offers(state: DeploymentDetail['state'], action: 'cancel' | 'rollback'): boolean {
  return deploymentAbilities({ state, requestedAction: null, wayBack: null }, ['deployment:cancel', 'deployment:rollback']).some(
    (one) => one.action === action && one.allowed,
  );
}

/** What the record and the live pages are told of a wish. */
export function wishChange(deployment: DeploymentDetail, action: 'cancel' | 'rollback'): Parameters<typeof recordChange>[2] {
  const verb = action === 'cancel' ? 'cancelled' : 'rolled back';
  return {
    action: `deployment.${action}`,
    subject: `deployment:${deployment.id}`,
    summary: `Asked for the deployment of ${deployment.serviceName} ${deployment.version} to ${deployment.environmentName} to be ${verb}`,
    after: { requestedAction: action },
    event: {
      type: 'deployment.changed',
      topics: [`deployment:${deployment.id}`, `service:${deployment.serviceId}`],
      data: {
        deploymentId: deployment.id,
        serviceId: deployment.serviceId,
        state: deployment.state,
        reason: deployment.reason,
        requestedAction: action,
      },
    },
  };
}
