import { rightsOfRole, role } from '@flow/core/rights';
import type { Right, Role } from '@flow/core/rights';
import type { Tx } from '../client/index.ts';

export interface MemberRow {
  userId: string;
  name: string;
  email: string;
  role: Role;
  isDisabled: boolean;
  createdAt: Date;
}

const memberSelect = {
  userId: true,
  role: true,
  createdAt: true,
  user: { select: { name: true, email: true, disabledAt: true } },
} as const;

interface Selected {
  userId: string;
  role: string;
  createdAt: Date;
  user: { name: string; email: string; disabledAt: Date | null };
}

function toMember(row: Selected): MemberRow {
  return {
    userId: row.userId,
    name: row.user.name,
    email: row.user.email,
    role: role.parse(row.role),
    isDisabled: row.user.disabledAt !== null,
    createdAt: row.createdAt,
  };
}

/** Members of the tenant in the order of their ids, a page at a time; the cursor is the last user id. */
export async function listMembers(
  reader: Tx,
  tenantId: string,
  query: { cursor?: string | undefined; limit: number; search?: string | undefined },
): Promise<{ items: MemberRow[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? {} : { userId: { gt: query.cursor } };
  const text = { contains: query.search ?? '', mode: 'insensitive' as const };
  const named = (query.search ?? '') === '' ? {} : { user: { OR: [{ name: text }, { email: text }] } };
  const rows = await reader.membership.findMany({
    where: { tenantId, ...after, ...named },
    select: memberSelect,
    orderBy: { userId: 'asc' },
    take: query.limit + 1,
  });
  const items = rows.slice(0, query.limit).map(toMember);
  return { items, nextCursor: rows.length > query.limit ? (items.at(-1)?.userId ?? null) : null };
}

/** One member, or null when the person is none. */
export async function findMember(reader: Tx, tenantId: string, userId: string): Promise<MemberRow | null> {
  const row = await reader.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } }, select: memberSelect });
  return row === null ? null : toMember(row);
}

/** Whether a person may do this in the tenant at this moment: a member, not shut out, in a role that has the right. */
export async function mayStill(reader: Tx, tenantId: string, { userId, right }: { userId: string; right: Right }): Promise<boolean> {
  const member = await findMember(reader, tenantId, userId);
  return member !== null && !member.isDisabled && rightsOfRole[member.role].includes(right);
}

/** The given people as far as they are members of the tenant, at most as many as were asked for. */
export async function findMembers(reader: Tx, tenantId: string, userIds: readonly string[]): Promise<MemberRow[]> {
  const rows = await reader.membership.findMany({ where: { tenantId, userId: { in: [...userIds] } }, select: memberSelect });
  return rows.map(toMember);
}

/** People who may act in the tenant in one of the roles, by name: the first of them, and whether there are more. */
export async function listPeopleInRoles(
  reader: Tx,
  tenantId: string,
  query: { roles: readonly Role[]; notUserIds: readonly string[]; limit: number },
): Promise<{ names: string[]; hasMore: boolean }> {
  const rows = await reader.membership.findMany({
    where: { tenantId, role: { in: [...query.roles] }, userId: { notIn: [...query.notUserIds] }, user: { disabledAt: null } },
    select: { user: { select: { name: true } } },
    orderBy: [{ user: { name: 'asc' } }, { userId: 'asc' }],
    take: query.limit + 1,
  });
  return { names: rows.slice(0, query.limit).map(({ user }) => user.name), hasMore: rows.length > query.limit };
}

/** Members of the tenant whose e-mail is one of those given (lower case): the authors of commits. */
export async function findMembersByEmail(reader: Tx, tenantId: string, emails: readonly string[]): Promise<MemberRow[]> {
  if (emails.length === 0) return [];
  const rows = await reader.membership.findMany({ where: { tenantId, user: { email: { in: [...emails] } } }, select: memberSelect });
  return rows.map(toMember);
}
