import { inTransaction } from '@flow/db/client';
import { withdrawExemption as saveWithdrawn } from '@flow/db/exemption';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { fromWhat, loadFor, overtaken, recordExemption } from './standing.ts';

export const withdrawExemptionInput = z.strictObject({ exemptionId: z.string().min(1).max(64) });

/** Takes back what nobody has used yet: the policy stands again. The review of a break-glass stays. */
export async function withdrawExemption(ctx: OperationContext, input: z.input<typeof withdrawExemptionInput>): Promise<void> {
  requireRight(ctx, 'policy:read');
  const { exemptionId } = parseInput(withdrawExemptionInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const { row } = await loadFor(ctx, tx, { exemptionId, action: 'withdraw' });
    if (!(await saveWithdrawn(tx, ctx.tenantId, { id: exemptionId, at: ctx.now }))) throw overtaken();
    await recordExemption(ctx, tx, {
      of: row,
      action: 'exemption.withdraw',
      summary: `Took back the exemption ${fromWhat(row)}`,
      after: { exemptionId, policyId: row.policyId },
    });
  });
}
