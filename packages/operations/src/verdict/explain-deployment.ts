import { isTerminal } from '@flow/core/deployment';
import type { Verdict } from '@flow/core/verdict';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import { z } from 'zod';
import { notFound, parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { judgeById } from './judge-by-id.ts';

export const explainDeploymentInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });

/** What the rules say of a deployment at this moment: why it waits, or may go on. Null for one that has ended. */
export async function explainDeployment(ctx: OperationContext, input: z.input<typeof explainDeploymentInput>): Promise<Verdict | null> {
  requireRight(ctx, 'deployment:read');
  const { deploymentId } = parseInput(explainDeploymentInput, input);
  const reader = ctx.db.prisma;
  const found = await findDeploymentWithTargets(reader, ctx.tenantId, deploymentId);
  if (found === null) throw notFound('deployment');
  if (isTerminal(found.state)) return null;
  return (await judgeById(reader, ctx.tenantId, { deploymentId, now: ctx.now })).verdict;
}
