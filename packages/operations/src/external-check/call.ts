import { isTerminal } from '@flow/core/deployment';
import { afterCall } from '@flow/core/external-check';
import type { CallOutcome, QuestionState } from '@flow/core/external-check';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import { findExternalCheck, findQuestion, saveQuestionState } from '@flow/db/external-check';
import type { ExternalCheckRow, QuestionRow } from '@flow/db/external-check';
import { findNames } from '@flow/db/person';
import { findTenant } from '@flow/db/tenancy';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { externalSecretPlace } from './create-external.ts';
import { keepAnswer } from './keep-answer.ts';
import { keysOf } from './keys.ts';

const questionId = z.string().min(1).max(64);
export const beginCallInput = z.strictObject({ questionId });

/** A call to an outside service. */
export interface ExternalCall {
  url: string;
  /** Signs it. */
  callKey: string;
  timeoutSeconds: number;
  body: string;
}

/** What a worker does about a question now: nothing any more, something later, or call. */
export type CallStart = { kind: 'over' } | { kind: 'later'; at: Date } | { kind: 'call'; call: ExternalCall };

/** What calling needs. */
export interface CallMeans {
  sealer: Sealer;
  /** Where the portal is reached. */
  publicUrl: string;
}

/** Begins a call: it is written down before anything is sent. One that was cut off is repeated under the same id, by which the service knows it. */
export async function beginCall(ctx: OperationContext, input: z.input<typeof beginCallInput>, means: CallMeans): Promise<CallStart> {
  requireSystem(ctx);
  const { questionId: id } = parseInput(beginCallInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const question = await findQuestion(tx, ctx.tenantId, id);
    if (question === null) return { kind: 'over' };
    const { state, nextAt } = question;
    const isOpen = state === 'waiting' || state === 'sending' || state === 'pending';
    if (!isOpen) return { kind: 'over' };
    if (state !== 'sending' && nextAt !== null && nextAt > ctx.now) return { kind: 'later', at: nextAt };
    if (state === 'pending') return endWaiting(ctx, tx, question);
    return startCall(ctx, tx, { question, means });
  });
}

async function endWaiting(ctx: OperationContext, tx: Tx, { id, deploymentId }: QuestionRow): Promise<CallStart> {
  await lookAgain(ctx, tx);
  const said = 'took the question and did not answer it in time';
  await saveQuestionState(tx, ctx.tenantId, { id, from: 'pending', to: 'silent', said, nextAt: null });
  await tellPages(ctx, tx, { deploymentId, summary: 'An external check did not answer in time', questionId: id });
  return { kind: 'over' };
}

interface Starting {
  question: QuestionRow;
  means: CallMeans;
}

async function startCall(ctx: OperationContext, tx: Tx, { question, means }: Starting): Promise<CallStart> {
  const { id, state, externalId } = question;
  if (state === 'sending') await saveQuestionState(tx, ctx.tenantId, { id, from: 'sending', to: 'waiting' });
  const check = await findExternalCheck(tx, ctx.tenantId, externalId);
  const body = check === null ? null : await bodyOf(ctx, tx, { question, check, publicUrl: means.publicUrl });
  if (check === null || body === null) return { kind: 'over' };
  // A call that was cut off was none of those that failed: it is not counted again.
  const attempts = state === 'sending' ? question.attempts : question.attempts + 1;
  if (!(await saveQuestionState(tx, ctx.tenantId, { id, from: 'waiting', to: 'sending', attempts, nextAt: null }))) return { kind: 'over' };
  const { callKey } = keysOf(means.sealer.open(check.sealedSecret, externalSecretPlace(check.id)));
  return { kind: 'call', call: { url: check.url, callKey, timeoutSeconds: check.timeoutSeconds, body } };
}

/** What a service is told: the deployment, the artifact, what they hash to, and where an answer that comes later is sent. Null when nobody waits for it any more. */
async function bodyOf(
  ctx: OperationContext,
  tx: Tx,
  { question, check, publicUrl }: { question: QuestionRow; check: ExternalCheckRow; publicUrl: string },
): Promise<string | null> {
  const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, question.deploymentId);
  const tenant = await findTenant(tx, ctx.tenantId);
  if (deployment === null || isTerminal(deployment.state) || tenant === null) return null;
  const names = await findNames(tx, [deployment.requestedBy]);
  return JSON.stringify({
    type: 'flow.check',
    timestamp: question.askedAt.toISOString(),
    data: {
      id: question.id,
      callbackUrl: `${publicUrl}/api/webhooks/checks/${question.id}`,
      answerWithinMinutes: check.answerWithinMinutes,
      deployment: {
        id: deployment.id,
        kind: deployment.kind,
        url: `${publicUrl}/t/${tenant.slug}/deployments/${deployment.id}`,
        service: deployment.serviceSlug,
        environment: deployment.environmentSlug,
        regions: deployment.targets.map(({ region }) => region),
        requestedBy: names.get(deployment.requestedBy ?? '') ?? 'Flow',
      },
      artifact: { version: deployment.version, digest: question.digest, commit: deployment.commitSha },
      configurationHash: question.configurationHash,
    },
  });
}

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('answered'), result: z.enum(['allowed', 'refused']), reason: z.string().max(500) }),
  z.strictObject({ kind: z.literal('pending'), reason: z.string().max(500) }),
  z.strictObject({ kind: z.literal('failed'), trouble: z.string().max(300) }),
  z.strictObject({ kind: z.literal('unfit'), trouble: z.string().max(300) }),
]);
export const recordCallInput = z.strictObject({
  questionId,
  outcome,
  /** From 0 up to 1, for the jitter of the next call. */
  random: z.number().min(0).max(1),
});

/** Records what came of a call: an answer becomes evidence, and what waits for it is looked at again. When there is something to do next; null for never. */
export async function recordCall(ctx: OperationContext, input: z.input<typeof recordCallInput>): Promise<{ nextAt: Date | null }> {
  requireSystem(ctx);
  const { questionId: id, outcome: came, random } = parseInput(recordCallInput, input);
  return inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const question = await findQuestion(tx, ctx.tenantId, id);
    const check = question === null ? null : await findExternalCheck(tx, ctx.tenantId, question.externalId);
    // Answered by a call-back meanwhile, or asked again.
    if (question?.state !== 'sending' || check === null) return { nextAt: null };
    if (came.kind === 'answered') {
      await keepAnswer(ctx, tx, { question, answer: came, answerId: null });
      return { nextAt: null };
    }
    const { attempts } = question;
    const next = afterCall(came, { ...check, attempts, random, now: ctx.now });
    const said = saidOf(came);
    await saveQuestionState(tx, ctx.tenantId, { id, from: 'sending', to: next.state, said, nextAt: next.nextAt });
    await tellPages(ctx, tx, {
      deploymentId: question.deploymentId,
      summary: summaryOf(next.state, `${check.name} ${said}`),
      questionId: id,
    });
    return { nextAt: next.nextAt };
  });
}

function saidOf(came: Exclude<CallOutcome, { kind: 'answered' }>): string {
  return came.kind === 'pending' ? came.reason : came.trouble;
}

function summaryOf(state: QuestionState, sentence: string): string {
  if (state === 'pending') return 'An external check answers later';
  return state === 'silent' ? `An external check gave no answer: ${sentence}` : `An external check is asked again: ${sentence}`;
}

async function tellPages(
  ctx: OperationContext,
  tx: Tx,
  told: { deploymentId: string; summary: string; questionId: string },
): Promise<void> {
  const { deploymentId, summary, questionId: id } = told;
  await recordChange(ctx, tx, {
    action: 'externalCheck.call',
    subject: `deployment:${deploymentId}`,
    summary,
    after: { questionId: id },
    event: { type: 'evidence.changed', topics: [`deployment:${deploymentId}`], data: { deploymentId } },
  });
}
