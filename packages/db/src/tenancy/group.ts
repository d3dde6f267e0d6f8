import type { Tx } from '../client/index.ts';

/** A group of the tenant with its members by name. */
export interface GroupRow {
  id: string;
  name: string;
  description: string;
  /** How CODEOWNERS files name it, without the leading sign; empty when they do not. */
  ownersName: string;
  createdAt: Date;
  members: { userId: string; name: string; isDisabled: boolean }[];
}

/** Groups that one tenant may have, and members that one may have. */
export const groupsMax = 200;
export const groupMembersMax = 500;

const groupSelect = {
  id: true,
  name: true,
  description: true,
  ownersName: true,
  createdAt: true,
  members: {
    select: { userId: true, membership: { select: { user: { select: { name: true, disabledAt: true } } } } },
    orderBy: { userId: 'asc' as const },
  },
} as const;

interface Stored extends Omit<GroupRow, 'members'> {
  members: { userId: string; membership: { user: { name: string; disabledAt: Date | null } } }[];
}

function toGroup({ members, ...row }: Stored): GroupRow {
  return {
    ...row,
    members: members.map(({ userId, membership: { user } }) => ({ userId, name: user.name, isDisabled: user.disabledAt !== null })),
  };
}

/** All groups of the tenant by name: there are few. */
export async function listGroups(reader: Tx, tenantId: string): Promise<GroupRow[]> {
  const rows = await reader.userGroup.findMany({ where: { tenantId }, select: groupSelect, orderBy: { name: 'asc' }, take: groupsMax });
  return rows.map(toGroup);
}

/** One group, or null. */
export async function findGroup(reader: Tx, tenantId: string, id: string): Promise<GroupRow | null> {
  const row = await reader.userGroup.findUnique({ where: { tenantId_id: { tenantId, id } }, select: groupSelect });
  return row === null ? null : toGroup(row);
}

/** The ids among these that are groups of the tenant. */
export async function findGroupIds(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await reader.userGroup.findMany({ where: { tenantId, id: { in: [...ids] } }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}

export interface GroupToSave {
  id: string;
  name: string;
  description: string;
  ownersName: string;
  memberIds: readonly string[];
}

/** Adds a group; false when its name is taken. */
export async function insertGroup(tx: Tx, tenantId: string, group: GroupToSave & { createdAt: Date }): Promise<boolean> {
  const { id, name, description, ownersName, createdAt } = group;
  const row = { tenantId, id, name, description, ownersName, createdAt };
  const { count } = await tx.userGroup.createMany({ data: [row], skipDuplicates: true });
  if (count === 0) return false;
  await saveMembers(tx, tenantId, group);
  return true;
}

/** Gives a group another name and other members; false when another one has the name. */
export async function saveGroup(tx: Tx, tenantId: string, group: GroupToSave): Promise<boolean> {
  const { id, name, description, ownersName } = group;
  const other = await tx.userGroup.findFirst({ where: { tenantId, name, id: { not: id } }, select: { id: true } });
  if (other !== null) return false;
  await tx.userGroup.updateMany({ where: { tenantId, id }, data: { name, description, ownersName } });
  await tx.userGroupMember.deleteMany({ where: { tenantId, groupId: id } });
  await saveMembers(tx, tenantId, group);
  return true;
}

async function saveMembers(tx: Tx, tenantId: string, { id: groupId, memberIds }: GroupToSave): Promise<void> {
  await tx.userGroupMember.createMany({ data: memberIds.map((userId) => ({ tenantId, groupId, userId })), skipDuplicates: true });
}

/** Removes a group; false when there is none. */
export async function deleteGroup(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const { count } = await tx.userGroup.deleteMany({ where: { tenantId, id } });
  return count === 1;
}

/** Locks the group until the transaction ends; false when there is none. */
export async function lockGroup(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM user_group WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`;
  return rows.length === 1;
}
