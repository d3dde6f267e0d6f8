import { createHash, randomBytes } from 'node:crypto';

/** A new session token: 256 random bits. The browser holds it, the database only its hash. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Id of the session that a token opens: what is in the database opens nothing. */
export function sessionIdOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
