import type { Role } from '@flow/core/rights';
import type { Tx } from '../client/index.ts';

/** Makes the person a member; false when they already are one. */
export async function insertMembership(
  tx: Tx,
  tenantId: string,
  member: { userId: string; role: Role; createdAt: Date },
): Promise<boolean> {
  const { count } = await tx.membership.createMany({ data: [{ tenantId, ...member }], skipDuplicates: true });
  return count === 1;
}

/** Gives the member another role; false when they are no member any more. */
export async function saveRole(tx: Tx, tenantId: string, member: { userId: string; role: Role }): Promise<boolean> {
  const { count } = await tx.membership.updateMany({ where: { tenantId, userId: member.userId }, data: { role: member.role } });
  return count === 1;
}

/** Ends the membership; false when there was none. */
export async function deleteMembership(tx: Tx, tenantId: string, userId: string): Promise<boolean> {
  const { count } = await tx.membership.deleteMany({ where: { tenantId, userId } });
  return count === 1;
}

/** User ids of the tenant's admins who can log in, locked until the transaction ends, so that two removals cannot both leave "one other". */
export async function lockAdmins(tx: Tx, tenantId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ user_id: string }[]>`
    SELECT membership.user_id FROM membership JOIN "user" ON "user".id = membership.user_id
    WHERE membership.tenant_id = ${tenantId} AND membership.role = 'admin' AND "user".disabled_at IS NULL
    ORDER BY membership.user_id FOR UPDATE OF membership`;
  return rows.map((row) => row.user_id);
}
