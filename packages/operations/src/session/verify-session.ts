import type { Actor, Role } from '@flow/core/rights';
import type { Database } from '@flow/db/client';
import { findSessionWithPerson, findSessionsWithPerson, touchSession } from '@flow/db/session';
import type { SessionWithPerson } from '@flow/db/session';
import { sessionIdleMs } from './start-session.ts';
import { sessionIdOf } from './token.ts';

/** A person who was found to be logged in, with their tenants. */
export interface VerifiedSession {
  actor: Extract<Actor, { kind: 'person' }>;
  email: string;
  expiresAt: Date;
  tenants: readonly { id: string; slug: string; name: string; role: Role }[];
}

export interface SessionVerifier {
  /** Who the token belongs to, or null for every kind of "nobody": unknown, ended, expired, idle too long, disabled. */
  verify(token: string): Promise<VerifiedSession | null>;
  /** The same for many tokens, asked of the database in any case and with one query. A token that belongs to nobody is not in the answer. */
  verifyAnew(tokens: readonly string[]): Promise<ReadonlyMap<string, VerifiedSession>>;
  /** Forgets what is known of a session, so that the next request asks the database. */
  forget(sessionId: string): void;
  /** The same for all sessions of a person: after a change of role, a removal, a disabling. */
  forgetPerson(userId: string): void;
}

interface Known {
  at: number;
  session: Promise<VerifiedSession | null>;
  userId: string | undefined;
}

const knownMax = 10_000;
const touchEveryMs = 60_000;

/**
 * Verifies sessions against the database and remembers the answer for `rememberMs`: the longest time for which another process's revocation
 * goes unnoticed here. Concurrent requests with one token ask once.
 */
export function createSessionVerifier(options: { db: Database; now: () => Date; rememberMs?: number }): SessionVerifier {
  const { db, now, rememberMs = 1_000 } = options;
  const known = new Map<string, Known>();

  const ask = (sessionId: string): Known => {
    const entry: Known = { at: now().getTime(), userId: undefined, session: Promise.resolve(null) };
    entry.session = load(db, sessionId, now()).then((session) => {
      entry.userId = session?.actor.userId;
      return session;
    });
    entry.session.catch(() => known.delete(sessionId));
    if (known.size >= knownMax) known.clear();
    known.set(sessionId, entry);
    return entry;
  };

  return {
    async verify(token) {
      if (token.length < 20 || token.length > 200) return null;
      const sessionId = sessionIdOf(token);
      const entry = known.get(sessionId);
      const isFresh = entry !== undefined && now().getTime() - entry.at < rememberMs;
      return (isFresh ? entry : ask(sessionId)).session;
    },
    async verifyAnew(tokens) {
      const byId = new Map(tokens.map((token) => [sessionIdOf(token), token]));
      const at = now();
      const found = await findSessionsWithPerson(db.prisma, [...byId.keys()]);
      const verified = await Promise.all(
        found.map(async (session) => [byId.get(session.id) ?? '', await toVerified(db, session, at)] as const),
      );
      return new Map(verified.flatMap(([token, session]) => (session === null ? [] : [[token, session] as const])));
    },
    forget(sessionId) {
      known.delete(sessionId);
    },
    forgetPerson(userId) {
      for (const [sessionId, entry] of known) if (entry.userId === userId || entry.userId === undefined) known.delete(sessionId);
    },
  };
}

async function load(db: Database, sessionId: string, now: Date): Promise<VerifiedSession | null> {
  const session = await findSessionWithPerson(db.prisma, sessionId);
  return session === null ? null : toVerified(db, session, now);
}

async function toVerified(db: Database, session: SessionWithPerson, now: Date): Promise<VerifiedSession | null> {
  if (!isAlive(session, now)) return null;
  const { id: sessionId, person, memberships } = session;
  if (now.getTime() - session.lastSeenAt.getTime() > touchEveryMs) await touchSession(db.prisma, sessionId, now);
  return {
    actor: {
      kind: 'person',
      userId: person.id,
      name: person.name,
      sessionId,
      isPlatformAdmin: person.isPlatformAdmin,
      roles: new Map(memberships.map(({ tenantId, role }) => [tenantId, role])),
    },
    email: person.email,
    expiresAt: session.expiresAt,
    tenants: memberships.map(({ tenantId, slug, name, role }) => ({ id: tenantId, slug, name, role })),
  };
}

function isAlive(session: SessionWithPerson, now: Date): boolean {
  if (session.revokedAt !== null || session.person.disabledAt !== null) return false;
  return session.expiresAt > now && now.getTime() - session.lastSeenAt.getTime() < sessionIdleMs;
}
