import { role } from '@flow/core/rights';
import type { Role } from '@flow/core/rights';
import type { Tx } from '../client/index.ts';

/** A session with the person and their places in tenants: all that a request needs to know about who asks. */
export interface SessionWithPerson {
  id: string;
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  person: { id: string; name: string; email: string; isPlatformAdmin: boolean; disabledAt: Date | null };
  memberships: { tenantId: string; slug: string; name: string; role: Role }[];
}

const sessionSelect = {
  id: true,
  lastSeenAt: true,
  expiresAt: true,
  revokedAt: true,
  user: {
    select: {
      id: true,
      name: true,
      email: true,
      isPlatformAdmin: true,
      disabledAt: true,
      memberships: {
        select: { role: true, tenant: { select: { id: true, slug: true, name: true } } },
        orderBy: { tenantId: 'asc' as const },
      },
    },
  },
} as const;

/** The session of that id (the hash of its token) with its person, ended ones too; null when there is none. */
export async function findSessionWithPerson(reader: Tx, id: string): Promise<SessionWithPerson | null> {
  const row = await reader.session.findUnique({ where: { id }, select: sessionSelect });
  return row === null ? null : toSession(row);
}

/** The same for many at once, in any order: for the check of all open streams. */
export async function findSessionsWithPerson(reader: Tx, ids: readonly string[]): Promise<SessionWithPerson[]> {
  const rows = await reader.session.findMany({ where: { id: { in: [...ids] } }, select: sessionSelect });
  return rows.map(toSession);
}

type SessionRow = Pick<SessionWithPerson, 'id' | 'lastSeenAt' | 'expiresAt' | 'revokedAt'> & {
  user: SessionWithPerson['person'] & { memberships: { role: string; tenant: { id: string; slug: string; name: string } }[] };
};

function toSession(row: SessionRow): SessionWithPerson {
  const { memberships, ...person } = row.user;
  return {
    id: row.id,
    lastSeenAt: row.lastSeenAt,
    expiresAt: row.expiresAt,
    revokedAt: row.revokedAt,
    person,
    memberships: memberships.map((one) => ({
      tenantId: one.tenant.id,
      slug: one.tenant.slug,
      name: one.tenant.name,
      role: role.parse(one.role),
    })),
  };
}

/** Adds a session. */
export async function insertSession(
  tx: Tx,
  session: { id: string; userId: string; createdAt: Date; expiresAt: Date; userAgent: string | null },
): Promise<void> {
  await tx.session.create({ data: { ...session, lastSeenAt: session.createdAt } });
}

/** Notes that the session is in use. */
export async function touchSession(tx: Tx, id: string, lastSeenAt: Date): Promise<void> {
  await tx.session.updateMany({ where: { id, revokedAt: null }, data: { lastSeenAt } });
}

/** Ends one session of that person; false when it had already ended or is not theirs. */
export async function endSession(tx: Tx, session: { id: string; userId: string; revokedAt: Date }): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: session.id, userId: session.userId, revokedAt: null },
    data: { revokedAt: session.revokedAt },
  });
  return count === 1;
}

/** Ends every session of the person; the number of those that had not ended yet. */
export async function endSessionsOf(tx: Tx, userId: string, revokedAt: Date): Promise<number> {
  const { count } = await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  return count;
}
