import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import {
  findGroup,
  findMembers,
  groupMembersMax,
  groupsMax,
  insertGroup,
  listGroups,
  lockGroup,
  saveGroup as save,
} from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const saveGroupInput = z.strictObject({
  /** Left out for a new one. */
  groupId: z.string().min(1).max(64).optional(),
  name: z.string().trim().min(1).max(60),
  description: z.string().trim().max(300).default(''),
  /** How CODEOWNERS files name it: `acme/payments`, with or without the leading sign. */
  ownersName: z
    .string()
    .trim()
    .max(100)
    .regex(/^@?[A-Za-z0-9._/-]*$/, 'letters, digits, dots, dashes and slashes')
    .transform((text) => text.replace(/^@/, ''))
    .default(''),
  memberIds: z.array(z.string().min(1).max(64)).max(groupMembersMax).default([]),
});
type GroupInput = z.output<typeof saveGroupInput>;

/** Makes a group of members, or changes one. What waits for approval is looked at again. */
export async function saveGroup(ctx: OperationContext, input: z.input<typeof saveGroupInput>): Promise<{ groupId: string }> {
  requireRight(ctx, 'member:manage');
  const given = parseInput(saveGroupInput, input);
  return inTransaction(ctx.db, async (tx) => {
    await refuseStrangers(ctx, tx, given.memberIds);
    const groupId = given.groupId ?? ctx.newId();
    const isSaved =
      given.groupId === undefined ? await insert(ctx, tx, { ...given, id: groupId }) : await change(ctx, tx, { ...given, id: groupId });
    if (!isSaved) {
      const fields = [{ path: 'name', message: 'another group has this name' }];
      throw new FlowError({ code: 'conflict', message: `There is a group ${given.name} already`, fields });
    }
    await lookAgain(ctx, tx);
    await recordChange(ctx, tx, {
      action: given.groupId === undefined ? 'group.create' : 'group.edit',
      subject: `group:${groupId}`,
      summary: `${given.groupId === undefined ? 'Made' : 'Changed'} the group ${given.name} (${given.memberIds.length} members)`,
      after: { name: given.name, ownersName: given.ownersName, memberIds: given.memberIds },
      event: { type: 'membership.changed', topics: [], data: { groupId } },
    });
    return { groupId };
  });
}

async function refuseStrangers(ctx: OperationContext, tx: Tx, memberIds: readonly string[]): Promise<void> {
  const known = new Set((await findMembers(tx, ctx.tenantId, memberIds)).map((member) => member.userId));
  if (memberIds.every((userId) => known.has(userId))) return;
  const fields = [{ path: 'memberIds', message: 'everyone in a group is a member of the tenant' }];
  throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}

type ToSave = Omit<GroupInput, 'groupId'> & { id: string };

async function insert(ctx: OperationContext, tx: Tx, group: ToSave): Promise<boolean> {
  if ((await listGroups(tx, ctx.tenantId)).length >= groupsMax)
    throw new FlowError({ code: 'precondition', message: `There are ${groupsMax} groups: remove one that is not needed` });
  return insertGroup(tx, ctx.tenantId, { ...fieldsOf(group), createdAt: ctx.now });
}

async function change(ctx: OperationContext, tx: Tx, group: ToSave): Promise<boolean> {
  const isThere = await lockGroup(tx, ctx.tenantId, group.id);
  if (!isThere || (await findGroup(tx, ctx.tenantId, group.id)) === null) throw notFound('group');
  return save(tx, ctx.tenantId, fieldsOf(group));
}

function fieldsOf({ id, name, description, ownersName, memberIds }: ToSave) {
  return { id, name, description, ownersName, memberIds: [...new Set(memberIds)] };
}
