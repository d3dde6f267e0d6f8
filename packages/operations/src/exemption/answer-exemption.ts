import { needsOfNext } from '@flow/core/exemption';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { answerWish, countOpenExemptions } from '@flow/db/exemption';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { tellAnswer } from '../notification/tell-exemption.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { fromWhat, loadFor, overtaken, recordExemption } from './standing.ts';

export const answerExemptionInput = z.strictObject({
  exemptionId: z.string().min(1).max(64),
  answer: z.enum(['grant', 'refuse']),
  /** Why; a refusal needs one. */
  note: z.string().trim().max(500).default(''),
});

/** A second person gives an exemption that was asked for, or says no. What was given is looked at by everything that waits. */
export async function answerExemption(ctx: OperationContext, input: z.input<typeof answerExemptionInput>): Promise<void> {
  requireRight(ctx, 'policy:read');
  const { exemptionId, answer, note } = parseInput(answerExemptionInput, input);
  if (answer === 'refuse' && note === '') {
    const fields = [{ path: 'note', message: 'say why: whoever asked reads it' }];
    throw new FlowError({ code: 'invalid', message: 'A refusal says why', fields });
  }
  await inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const { row, person } = await loadFor(ctx, tx, { exemptionId, action: answer });
    const { reviewCount } = await countOpenExemptions(tx, ctx.tenantId);
    const approvalsRequired = needsOfNext('planned', reviewCount)?.approvals ?? 0;
    const state = answer === 'grant' ? ('granted' as const) : ('refused' as const);
    const isAnswered = await answerWish(tx, ctx.tenantId, {
      id: exemptionId,
      state,
      decidedBy: person.userId,
      decidedByName: person.name,
      decidedAt: ctx.now,
      decisionNote: note,
      approvalsRequired,
    });
    if (!isAnswered) throw overtaken();
    await tellAnswer(ctx, tx, { told: row, state, reason: note });
    const verb = answer === 'grant' ? 'Gave' : 'Refused';
    await recordExemption(ctx, tx, {
      of: row,
      action: `exemption.${answer}`,
      summary: `${verb} the exemption ${fromWhat(row)} that ${row.askedByName} asked for${note === '' ? '' : `: ${note}`}`,
      after: { exemptionId, policyId: row.policyId, reason: row.reason, endsAt: row.endsAt.toISOString(), approvalsRequired },
    });
  });
}
