import { role } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { findMember, saveRole } from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { keepAnAdmin } from './keep-an-admin.ts';

export const changeRoleInput = z.strictObject({ userId: z.string().min(1).max(64), role });

/** Gives a member another role; it holds from their next request on. The last admin keeps theirs. */
export async function changeRole(ctx: OperationContext, input: z.input<typeof changeRoleInput>): Promise<void> {
  requireRight(ctx, 'member:manage');
  const change = parseInput(changeRoleInput, input);
  await inTransaction(ctx.db, async (tx) => {
    if (change.role !== 'admin') await keepAnAdmin(tx, ctx.tenantId, change.userId);
    const member = await findMember(tx, ctx.tenantId, change.userId);
    if (member === null || !(await saveRole(tx, ctx.tenantId, change))) throw notFound('member');
    await lookAgain(ctx, tx);
    await recordChange(ctx, tx, {
      action: 'member.changeRole',
      subject: `user:${change.userId}`,
      summary: `${member.name} is ${change.role} now, was ${member.role}`,
      before: { role: member.role },
      after: { role: change.role },
      event: { type: 'membership.changed', topics: [], data: { userId: change.userId } },
    });
  });
}
