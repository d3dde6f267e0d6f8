import type { Tx } from '@flow/db/client';
import { insertSession } from '@flow/db/session';
import type { OperationContext } from '../context/index.ts';
import { newToken, sessionIdOf } from './token.ts';

/** A session ends after this time at the latest. */
export const sessionLifetimeMs = 12 * 60 * 60 * 1_000;
/** A session that is not used for this long has ended. */
export const sessionIdleMs = 2 * 60 * 60 * 1_000;

export interface StartedSession {
  /** To be kept in the cookie; it is shown this once. */
  token: string;
  expiresAt: Date;
  person: { id: string; name: string; email: string };
}

/** Starts a session with a token of its own, in the caller's transaction. */
export async function startSession(
  ctx: OperationContext,
  tx: Tx,
  who: { person: StartedSession['person']; userAgent: string | null },
): Promise<StartedSession> {
  const token = newToken();
  const expiresAt = new Date(ctx.now.getTime() + sessionLifetimeMs);
  await insertSession(tx, {
    id: sessionIdOf(token),
    userId: who.person.id,
    createdAt: ctx.now,
    expiresAt,
    userAgent: who.userAgent?.slice(0, 300) ?? null,
  });
  const { id, name, email } = who.person;
  return { token, expiresAt, person: { id, name, email } };
}
