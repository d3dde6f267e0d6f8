import { inTransaction } from '@flow/db/client';
import { closeReview as saveClosed } from '@flow/db/exemption';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { fromWhat, loadFor, overtaken, recordExemption } from './standing.ts';

export const closeReviewInput = z.strictObject({
  exemptionId: z.string().min(1).max(64),
  note: z.string().trim().min(1, 'say what you have found').max(2_000),
});

/** Somebody who had no part in a break-glass has looked at it. */
export async function closeReview(ctx: OperationContext, input: z.input<typeof closeReviewInput>): Promise<void> {
  requireRight(ctx, 'policy:read');
  const { exemptionId, note } = parseInput(closeReviewInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const { row, person } = await loadFor(ctx, tx, { exemptionId, action: 'closeReview' });
    const closed = { id: exemptionId, reviewClosedAt: ctx.now, reviewClosedByName: person.name, reviewNote: note };
    if (!(await saveClosed(tx, ctx.tenantId, closed))) throw overtaken();
    await recordExemption(ctx, tx, {
      of: row,
      action: 'exemption.closeReview',
      summary: `Closed the review of the break-glass ${fromWhat(row)} by ${row.askedByName}: ${note}`,
      after: { exemptionId, policyId: row.policyId, note, deploymentIds: row.uses.map(({ deploymentId }) => deploymentId) },
    });
  });
}
