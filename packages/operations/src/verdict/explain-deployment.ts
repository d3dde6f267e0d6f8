import { isTerminal } from '@flow/core/deployment';
import type { Verdict } from '@flow/core/verdict';
import { findDeploymentWithTargets, findPreparedWorkload } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { judgeDeployment } from './judge-deployment.ts';

export const explainDeploymentInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/** What the rules say of a deployment at this moment: why it waits, or may go on. Null for one that has ended. */
export async function explainDeployment(ctx: OperationContext, input: z.input<typeof explainDeploymentInput>): Promise<Verdict | null> {
  requireRight(ctx, 'deployment:read');
  const { deploymentId } = parseInput(explainDeploymentInput, input);
  const reader = ctx.db.prisma;
  const found = await findDeploymentWithTargets(reader, ctx.tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  if (isTerminal(found.state)) return null;
  const names = await findNames(reader, [found.requestedBy]);
  const workload = await findPreparedWorkload(reader, ctx.tenantId, deploymentId);
  const deployment = { ...found, requestedByName: names.get(found.requestedBy ?? '') ?? 'Flow', workload };
  return (await judgeDeployment(reader, ctx.tenantId, { deployment, now: ctx.now })).verdict;
}
