import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { findRunForAction, saveStageAnswer } from '@flow/db/run';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const answerGateInput = z
  .strictObject({
    runId: z.string().min(1).max(64),
    stageKey: z.string().min(1).max(40),
    approved: z.boolean(),
    comment: z.string().max(2_000).default(''),
  })
  .refine((input) => input.approved || input.comment.trim() !== '', { error: 'say why: the author reads it', path: ['comment'] });

/** Answers an approval stage of a run. Who started the run may not answer it; two answers at once are decided by the database. */
export async function answerGate(ctx: OperationContext, input: z.input<typeof answerGateInput>): Promise<void> {
  requireRight(ctx, 'approval:vote');
  const { runId, stageKey, approved, comment } = parseInput(answerGateInput, input);
  const person = requirePerson(ctx);
  await inTransaction(ctx.db, async (tx) => {
    const run = await findRunForAction(tx, ctx.tenantId, runId);
    if (run?.stages.some((stage) => stage.key === stageKey && stage.kind === 'approval') !== true) throw notFound('approval stage');
    if (run.requestedBy === person.userId)
      throw new FlowError({ code: 'forbidden', message: 'You started this run: someone else must answer' });
    const isFirst = await saveStageAnswer(tx, ctx.tenantId, { runId, stageKey, approved, by: person.name, comment });
    if (!isFirst) throw new FlowError({ code: 'conflict', message: `Stage ${stageKey} does not wait for an answer any more: look again` });
    await wake(tx, { kind: 'run', key: runId, tenantId: ctx.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: approved ? 'run.approve' : 'run.reject',
      subject: `run:${runId}`,
      summary: `${approved ? 'Approved' : 'Rejected'} stage ${stageKey} of run ${run.number}${comment === '' ? '' : `: ${comment}`}`,
      event: { type: 'stage.changed', topics: [`run:${runId}`, `service:${run.serviceId}`], data: { runId, stageKey } },
    });
  });
}
