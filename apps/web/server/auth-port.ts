import type { LogInAnswer, OidcAttempt, PasswordAttempt } from '@flow/api/server';
import { FlowError } from '@flow/core/fault';

/** What the log-in route asks of this process: it is bundled by Next, and reaches the database only through here. */
export interface AuthPort {
  secret: string;
  publicUrl: string;
  cookieName: string;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | null;
  isDemo: boolean;
  /** Both give the token of a new session, or the public sentence that says why not. */
  logIn(attempt: PasswordAttempt): Promise<LogInAnswer>;
  logInByOidc(attempt: Omit<OidcAttempt, 'provider'>): Promise<LogInAnswer>;
  logOut(token: string): Promise<void>;
}

const place = Symbol.for('flow.auth-port');

/** Offers the port to the routes of this process. */
export function offerAuthPort(port: AuthPort): void {
  Object.assign(globalThis, { [place]: port });
}

/** The port that the server of this process offered. */
export function authPort(): AuthPort {
  const found: unknown = Reflect.get(globalThis, place);
  if (!isAuthPort(found))
    throw new FlowError({
      code: 'internal',
      message: 'The log-in works only under the server of Flow: start it with pnpm start or pnpm dev',
    });
  return found;
}

// Only offerAuthPort writes this symbol.
function isAuthPort(value: unknown): value is AuthPort {
  return typeof value === 'object' && value !== null && 'logIn' in value;
}
