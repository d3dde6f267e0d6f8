import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findExternalCheck, removeExternalCheck } from '@flow/db/external-check';
import { z } from 'zod';
import { notFound, parseInput, platformTenantId, recordChange } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { requirePolicyRight } from '../policy/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { loadAllPolicies } from '../verdict/load-policies.ts';

export const removeExternalInput = z.strictObject({ externalId: z.string().min(1).max(64) });

/** Takes an outside service of the tenant, or of the platform, away; refused while a gate names it. */
export async function removeExternal(ctx: OperationContext, input: z.input<typeof removeExternalInput>): Promise<void> {
  requirePolicyRight(ctx);
  const { externalId } = parseInput(removeExternalInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lookAgain(ctx, tx);
    const check = await findExternalCheck(tx, ctx.tenantId, externalId);
    if (check === null || check.isPlatform !== (ctx.tenantId === platformTenantId)) throw notFound('external check');
    const { gates } = await loadAllPolicies(tx, ctx.tenantId);
    const user = gates.find(({ checks }) => checks.some((one) => one.kind === 'external' && one.externalId === externalId));
    if (user !== undefined)
      throw new FlowError({ code: 'precondition', message: `The gate ${user.title} asks ${check.name}: take the check out of it first` });
    if (!(await removeExternalCheck(tx, ctx.tenantId, { id: externalId, at: ctx.now }))) throw notFound('external check');
    await recordChange(ctx, tx, {
      action: 'externalCheck.remove',
      subject: `externalCheck:${externalId}`,
      summary: `Removed the external check ${check.name}`,
    });
  });
}
