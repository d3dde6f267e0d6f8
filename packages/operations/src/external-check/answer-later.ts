import { lateAnswer } from '@flow/core/external-check';
import type { LateAnswer } from '@flow/core/external-check';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findQuestion, findQuestionDoor } from '@flow/db/external-check';
import type { QuestionRow } from '@flow/db/external-check';
import { requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { provenId } from '../webhook/index.ts';
import type { SignedDelivery } from '../webhook/index.ts';
import { externalSecretPlace } from './create-external.ts';
import { keepAnswer } from './keep-answer.ts';
import { keysOf } from './keys.ts';

/** A call-back whose sender knows the key for answers. */
export interface ProvenAnswer {
  tenantId: string;
  questionId: string;
  /** The same at every repetition. */
  answerId: string;
  body: Uint8Array;
}

/** Proves a call-back before anything of it is read. An unknown question, a wrong signature and an old one are answered alike. */
export async function proveAnswer(
  door: Pick<OperationContext, 'db' | 'now'> & { sealer: Sealer },
  questionId: string,
  delivery: SignedDelivery,
): Promise<ProvenAnswer> {
  const found = await findQuestionDoor(door.db, questionId);
  const keys = found === null ? null : keysOf(door.sealer.open(found.sealedSecret, externalSecretPlace(found.externalId)));
  const answerId = keys === null ? null : provenId(keys.answerKey, delivery, door.now);
  if (found === null || answerId === null)
    throw new FlowError({
      code: 'unauthenticated',
      message: 'There is no such question, or the answer is not signed with the key for answers now',
    });
  return { tenantId: found.tenantId, questionId, answerId, body: delivery.body };
}

/** Takes an answer that came later, once for each id: as evidence, and what waits for it is looked at again. */
export async function answerLater(ctx: OperationContext, proven: ProvenAnswer): Promise<{ outcome: 'kept' | 'repeated' }> {
  requireSystem(ctx);
  const answer = readLateAnswer(proven.body);
  return inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const question = await findQuestion(tx, ctx.tenantId, proven.questionId);
    if (question === null) throw new FlowError({ code: 'unauthenticated', message: 'There is no such question' });
    refuseAnother(question, answer);
    if (question.answerId === proven.answerId) return { outcome: 'repeated' };
    refuseClosed(question);
    await keepAnswer(ctx, tx, { question, answer, answerId: proven.answerId });
    return { outcome: 'kept' };
  });
}

function readLateAnswer(body: Uint8Array): LateAnswer {
  const parsed = lateAnswer.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new FlowError({
    code: 'invalid',
    message: 'The body is no answer: it is JSON with id, deploymentId, result (allowed or refused) and a reason of at most 500 characters',
  });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function refuseAnother(question: QuestionRow, answer: LateAnswer): void {
  if (answer.id !== question.id || answer.deploymentId !== question.deploymentId)
    throw new FlowError({
      code: 'invalid',
      message: 'The answer names another question or another deployment than the one it was sent for',
    });
}

function refuseClosed({ state, name }: QuestionRow): void {
  if (state === 'answered') throw new FlowError({ code: 'conflict', message: `${name} has answered this question already` });
  if (state === 'replaced') throw new FlowError({ code: 'conflict', message: `${name} was asked again: answer the newer question` });
}
