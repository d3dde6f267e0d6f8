import { approversOf } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { listPoliciesInForce } from '@flow/db/policy';
import { deleteGroup, findGroup, lockGroup } from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { toPolicy } from '../policy/parse-policy.ts';

export const removeGroupInput = z.strictObject({ groupId: z.string().min(1).max(64) });

/** Removes a group that no approval policy in force names. */
export async function removeGroup(ctx: OperationContext, input: z.input<typeof removeGroupInput>): Promise<void> {
  requireRight(ctx, 'member:manage');
  const { groupId } = parseInput(removeGroupInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const group = (await lockGroup(tx, ctx.tenantId, groupId)) ? await findGroup(tx, ctx.tenantId, groupId) : null;
    if (group === null) throw notFound('group');
    const naming = await policiesNaming(ctx, tx, groupId);
    if (naming.length > 0)
      throw new FlowError({
        code: 'precondition',
        message: `${group.name} is asked by ${naming.join(', ')}: change that first, or nobody could approve what waits for it`,
      });
    await deleteGroup(tx, ctx.tenantId, groupId);
    await recordChange(ctx, tx, {
      action: 'group.remove',
      subject: `group:${groupId}`,
      summary: `Removed the group ${group.name}`,
      before: { name: group.name, memberIds: group.members.map((member) => member.userId) },
      event: { type: 'membership.changed', topics: [], data: { groupId } },
    });
  });
}

async function policiesNaming(ctx: OperationContext, tx: Tx, groupId: string): Promise<string[]> {
  const policies = (await listPoliciesInForce(tx, ctx.tenantId))
    .filter((row) => row.kind === 'approval')
    .map((row) => toPolicy(row, ctx.tenantId));
  return policies.flatMap((policy) => {
    const names = policy.kind === 'approval' && approversOf(policy.approval).some((one) => one.kind === 'group' && one.groupId === groupId);
    return names ? [policy.approval.title] : [];
  });
}
