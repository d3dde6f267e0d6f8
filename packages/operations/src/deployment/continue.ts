import { deploymentAbilities, hasFailed, inWords } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { rightsIn } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { claimContinue, findDeploymentWithTargets } from '@flow/db/deployment';
import type { DeploymentDetail } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight, requireUserId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const continueDeploymentInput = z.strictObject({
  deploymentId: z.string().min(1).max(64),
  /** What the person saw: the wave it stands at, from 0, and how many regions had failed. Anything else is refused. */
  seen: z.strictObject({ wave: z.number().int().min(0).max(100), failedCount: z.number().int().min(0).max(100) }),
});

/** Lets a deployment go on that waits for a person, past the pause of its plan and without the regions that have failed. The rules are asked as ever before a wave begins. */
export async function continueDeployment(ctx: OperationContext, input: z.input<typeof continueDeploymentInput>): Promise<void> {
  requireRight(ctx, 'deployment:act');
  requireUserId(ctx);
  const { deploymentId, seen } = parseInput(continueDeploymentInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
    if (deployment === null) throw notFound('deployment');
    refuseWhatIsNotOffered(ctx, deployment);
    const failed = failedRegions(deployment);
    const isContinued = deployment.continuedWave > seen.wave && deployment.acceptedFailures >= failed.length;
    const isSeen = deployment.currentWave === seen.wave && failed.length === seen.failedCount && !isContinued;
    const claim = { id: deploymentId, version: deployment.rowVersion, continuedWave: seen.wave + 1, acceptedFailures: failed.length };
    if (!isSeen || !(await claimContinue(tx, ctx.tenantId, claim)))
      throw new FlowError({ code: 'conflict', message: 'It has moved on since you looked: look again and decide on what is there now' });
    await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'deployment.continue',
      subject: `deployment:${deploymentId}`,
      summary: `Let the deployment of ${deployment.serviceName} ${deployment.version} to ${deployment.environmentName} go on after wave ${seen.wave + 1}${failed.length === 0 ? '' : ` without ${inWords(failed)}`}`,
      before: { continuedWave: deployment.continuedWave, acceptedFailures: deployment.acceptedFailures },
      after: { continuedWave: claim.continuedWave, acceptedFailures: claim.acceptedFailures },
      event: {
        type: 'deployment.changed',
        topics: [`deployment:${deploymentId}`, `service:${deployment.serviceId}`],
        data: { deploymentId, serviceId: deployment.serviceId, state: deployment.state, reason: deployment.reason },
      },
    });
  });
}

function refuseWhatIsNotOffered(ctx: OperationContext, deployment: DeploymentDetail): void {
  const abilities = deploymentAbilities({ ...deployment, wayBack: null }, rightsIn(ctx.actor, ctx.tenantId));
  const ability = abilities.find(({ action }) => action === 'continue');
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
}

/** Regions that failed while others went on, those that went back included. */
function failedRegions({ targets }: DeploymentDetail): string[] {
  return targets.filter(({ state }) => hasFailed(state)).map(({ region }) => region);
}
