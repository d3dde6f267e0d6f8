import { actorName } from '@flow/core/rights';
import type { Tx } from '@flow/db/client';
import { findExternalCheck, findStandingQuestion, insertQuestion, saveQuestionState } from '@flow/db/external-check';
import type { QuestionSubject } from '@flow/db/external-check';
import { recordChange } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/**
 * Asks an outside service about a deployment, in the transaction of whoever found out that its answer is needed. A question that waits for its answer is
 * not asked twice; what was answered before is kept, and counts no more.
 */
export async function askExternal(ctx: OperationContext, tx: Tx, about: QuestionSubject): Promise<void> {
  const check = await findExternalCheck(tx, ctx.tenantId, about.externalId);
  if (check === null) return;
  const standing = await findStandingQuestion(tx, ctx.tenantId, about);
  if (standing !== null) {
    const { id, state } = standing;
    if (state === 'waiting' || state === 'sending') return;
    if (!(await saveQuestionState(tx, ctx.tenantId, { id, from: state, to: 'replaced' }))) return;
  }
  const id = ctx.newId();
  const asking = { id, isOfPlatform: check.isPlatform, askedAt: ctx.now, askedByName: actorName(ctx.actor) };
  if (!(await insertQuestion(tx, ctx.tenantId, { ...about, ...asking }))) return;
  await recordChange(ctx, tx, {
    action: 'externalCheck.ask',
    subject: `deployment:${about.deploymentId}`,
    summary: `Asked ${check.name}`,
    after: { questionId: id, externalId: about.externalId, digest: about.digest, configurationHash: about.configurationHash },
    event: { type: 'evidence.changed', topics: [`deployment:${about.deploymentId}`], data: { deploymentId: about.deploymentId } },
  });
}
