import { isTerminal } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import { listQuestions } from '@flow/db/external-check';
import { z } from 'zod';
import { notFound, parseInput, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { askExternal } from './ask.ts';

const id = z.string().min(1).max(64);
export const askAgainInput = z.strictObject({ deploymentId: id, questionId: id });

/** A person has an outside service asked again about a deployment that waits; its last answer counts no more. */
export async function askAgain(ctx: OperationContext, input: z.input<typeof askAgainInput>): Promise<void> {
  requireRight(ctx, 'evidence:report');
  requirePerson(ctx);
  const { deploymentId, questionId } = parseInput(askAgainInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
    if (deployment === null) throw notFound('deployment');
    const question = (await listQuestions(tx, ctx.tenantId, deploymentId)).find((one) => one.id === questionId);
    if (question === undefined) throw notFound('question: it was asked again meanwhile');
    if (isTerminal(deployment.state))
      throw new FlowError({ code: 'precondition', message: 'The deployment is over: nothing waits for an answer' });
    if (question.configurationHash !== deployment.snapshotHash)
      throw new FlowError({ code: 'precondition', message: 'What would be deployed has changed: it is asked about that by itself' });
    if (question.state === 'waiting' || question.state === 'sending')
      throw new FlowError({ code: 'precondition', message: `${question.name} is being asked already` });
    const { externalId, digest, configurationHash } = question;
    await askExternal(ctx, tx, { externalId, deploymentId, digest, configurationHash });
  });
}
