import { inTransaction } from '@flow/db/client';
import { deleteMembership, findMember } from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { keepAnAdmin } from './keep-an-admin.ts';

export const removeMemberInput = z.strictObject({ userId: z.string().min(1).max(64) });

/** Ends a membership; it holds from the person's next request on, and their votes stop counting. The last admin stays. */
export async function removeMember(ctx: OperationContext, input: z.input<typeof removeMemberInput>): Promise<void> {
  requireRight(ctx, 'member:manage');
  const { userId } = parseInput(removeMemberInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await keepAnAdmin(tx, ctx.tenantId, userId);
    const member = await findMember(tx, ctx.tenantId, userId);
    if (member === null || !(await deleteMembership(tx, ctx.tenantId, userId))) throw notFound('member');
    await lookAgain(ctx, tx);
    await recordChange(ctx, tx, {
      action: 'member.remove',
      subject: `user:${userId}`,
      summary: `${member.name} is no member any more, was ${member.role}`,
      before: { role: member.role },
      event: { type: 'membership.changed', topics: [], data: { userId } },
    });
  });
}
