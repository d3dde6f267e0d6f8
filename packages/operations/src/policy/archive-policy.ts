import { archivePolicy as saveArchived, findPolicy } from '@flow/db/policy';
import { inTransaction } from '@flow/db/client';
import { wakePromotions } from '@flow/db/promotion';
import { z } from 'zod';
import { notFound, parseInput, platformTenantId, recordChange } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { requirePolicyRight } from './save-policy.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const archivePolicyInput = z.strictObject({ policyId: z.string().min(1).max(64) });

/** Takes a policy out of force; what it said stays readable. */
export async function archivePolicy(ctx: OperationContext, input: z.input<typeof archivePolicyInput>): Promise<void> {
  requirePolicyRight(ctx);
  const { policyId } = parseInput(archivePolicyInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const policy = await findPolicy(tx, ctx.tenantId, policyId);
    const isOwn = policy !== null && policy.isPlatform === (ctx.tenantId === platformTenantId);
    if (!isOwn || !(await saveArchived(tx, ctx.tenantId, { id: policyId, archivedAt: ctx.now }))) throw notFound('policy');
    await lookAgain(ctx, tx);
    await wakePromotions(tx, ctx.tenantId, ctx.now);
    await recordChange(ctx, tx, {
      action: 'policy.archive',
      subject: `policy:${policyId}`,
      summary: `Archived the ${policy.kind} ${policy.title}`,
      event: { type: 'policy.changed', topics: [], data: { policyId, kind: policy.kind, revision: policy.revision } },
    });
  });
}
