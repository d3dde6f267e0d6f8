import type { Elector, StandIn } from '@flow/core/approval';
import { role } from '@flow/core/rights';
import type { Role } from '@flow/core/rights';
import type { Tx } from '../client/index.ts';

/** The most people that are looked at for one request. */
const peopleMax = 1_000;

const electorSelect = {
  userId: true,
  role: true,
  user: { select: { name: true, disabledAt: true } },
  groups: { select: { groupId: true } },
} as const;

export interface WantedPeople {
  userIds: readonly string[];
  groupIds: readonly string[];
  roles: readonly Role[];
}

/** Members who are named, are in one of the groups, or have one of the roles; those who are named first. */
export async function findElectors(reader: Tx, tenantId: string, wanted: WantedPeople): Promise<Elector[]> {
  const named = await reader.membership.findMany({ where: { tenantId, userId: { in: [...wanted.userIds] } }, select: electorSelect });
  const others = await reader.membership.findMany({
    where: {
      tenantId,
      OR: [{ role: { in: [...wanted.roles] } }, { groups: { some: { tenantId, groupId: { in: [...wanted.groupIds] } } } }],
    },
    select: electorSelect,
    orderBy: { userId: 'asc' },
    take: peopleMax,
  });
  const known = new Set(named.map((row) => row.userId));
  return [...named, ...others.filter((row) => !known.has(row.userId))].map((row) => ({
    userId: row.userId,
    name: row.user.name,
    role: role.parse(row.role),
    isDisabled: row.user.disabledAt !== null,
    groupIds: row.groups.map(({ groupId }) => groupId),
  }));
}

/** Members whose e-mail is one of these, and members of groups that are called or known to CODEOWNERS by one of these names; all lower case. */
export async function findOwnerIds(
  reader: Tx,
  tenantId: string,
  owners: { emails: readonly string[]; names: readonly string[] },
): Promise<string[]> {
  if (owners.emails.length + owners.names.length === 0) return [];
  const rows = await reader.membership.findMany({
    where: {
      tenantId,
      OR: [
        { user: { email: { in: [...owners.emails] } } },
        {
          groups: {
            some: {
              tenantId,
              group: {
                OR: [
                  { ownersName: { in: [...owners.names], mode: 'insensitive' } },
                  { name: { in: [...owners.names], mode: 'insensitive' } },
                ],
              },
            },
          },
        },
      ],
    },
    select: { userId: true },
    orderBy: { userId: 'asc' },
    take: peopleMax,
  });
  return rows.map(({ userId }) => userId);
}

/** Stand-ins that hold at or after a time, the ended ones too: votes that were given before they ended stand. */
export async function findStandInsSince(reader: Tx, tenantId: string, since: Date): Promise<StandIn[]> {
  return reader.standIn.findMany({
    where: { tenantId, endsAt: { gt: since } },
    select: { userId: true, standInId: true, startsAt: true, endsAt: true, endedAt: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: peopleMax,
  });
}
