import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findDeploymentWithTargets, saveStartsItself } from '@flow/db/deployment';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const chooseStartInput = z.strictObject({ deploymentId: z.string().min(1).max(64), startsItself: z.boolean() });

/** Says whether a deployment that waits starts by itself once nothing stands against it any more. One that is free already is started by it. */
export async function chooseStart(ctx: OperationContext, input: z.input<typeof chooseStartInput>): Promise<void> {
  requireRight(ctx, 'deployment:ask');
  const { deploymentId, startsItself } = parseInput(chooseStartInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
    if (deployment === null) throw notFound('deployment');
    if (!(await saveStartsItself(tx, ctx.tenantId, { id: deploymentId, startsItself })))
      throw new FlowError({ code: 'precondition', message: 'It does not wait any more: look at it again' });
    await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
    const { serviceName, version, environmentName, serviceId, state, reason } = deployment;
    await recordChange(ctx, tx, {
      action: 'deployment.chooseStart',
      subject: `deployment:${deploymentId}`,
      summary: `${serviceName} ${version} to ${environmentName} ${startsItself ? 'starts by itself when it is free' : 'waits for someone to start it'}`,
      before: { startsItself: deployment.startsItself },
      after: { startsItself },
      event: {
        type: 'deployment.changed',
        topics: [`deployment:${deploymentId}`, `service:${serviceId}`],
        data: { deploymentId, serviceId, state, reason, startsItself },
      },
    });
  });
}
