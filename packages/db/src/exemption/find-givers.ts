import type { Role } from '@flow/core/rights';
import type { Tx } from '../client/index.ts';

/** The most people that are told of one exemption. */
const peopleMax = 1_000;

/** Members who can log in and give exemptions: those with one of the roles; of what the platform has put in force its admins. */
export async function findGivers(
  reader: Tx,
  tenantId: string,
  { isOfPlatform, roles }: { isOfPlatform: boolean; roles: readonly Role[] },
): Promise<{ userId: string; name: string }[]> {
  const who = isOfPlatform
    ? { user: { disabledAt: null, isPlatformAdmin: true } }
    : { role: { in: [...roles] }, user: { disabledAt: null } };
  const rows = await reader.membership.findMany({
    where: { tenantId, ...who },
    select: { userId: true, user: { select: { name: true } } },
    orderBy: { userId: 'asc' },
    take: peopleMax,
  });
  return rows.map(({ userId, user }) => ({ userId, name: user.name }));
}
