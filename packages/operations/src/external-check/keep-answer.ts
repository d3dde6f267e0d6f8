import { FlowError } from '@flow/core/fault';
import type { Tx } from '@flow/db/client';
import { saveQuestionState } from '@flow/db/external-check';
import type { QuestionRow } from '@flow/db/external-check';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import type { OperationContext } from '../context/index.ts';
import { keepEvidence } from '../evidence/index.ts';

/** Keeps an answer as evidence of this artifact in this configuration, and closes the question; what waits is looked at again. */
export async function keepAnswer(
  ctx: OperationContext,
  tx: Tx,
  {
    question,
    answer,
    answerId,
  }: { question: QuestionRow; answer: { result: 'allowed' | 'refused'; reason: string }; answerId: string | null },
): Promise<void> {
  const { id, state: from, externalId, name, digest, configurationHash, deploymentId } = question;
  const closed = { id, from, to: 'answered' as const, said: answer.reason, nextAt: null, ...(answerId === null ? {} : { answerId }) };
  if (!(await saveQuestionState(tx, ctx.tenantId, closed)))
    throw new FlowError({ code: 'conflict', message: 'The question was answered, or asked again, at this moment' });
  const artifactId = (await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId))?.artifactId ?? null;
  const fact = { externalId, name, configurationHash, result: answer.result, detail: answer.reason };
  const said = { kind: 'external' as const, fact, source: name, link: '', expiresAt: null, signed: undefined };
  await keepEvidence(ctx, tx, { of: { digest, runId: null, artifactId }, evidenceId: ctx.newId(), ...said });
}
