import { FlowError } from '@flow/core/fault';
import { platformTenantId } from '@flow/operations/context';
import type { OperationContext } from '@flow/operations/context';
import { logIn, logInByOidc, revokeSession } from '@flow/operations/session';
import type { StartedSession } from '@flow/operations/session';
import type { ApiServices } from '../router/index.ts';

/** The token of a new session, or the public sentence that says why there is none. */
export type LogInAnswer = { ok: true; token: string; person: { id: string; name: string; email: string } } | { ok: false; message: string };

export interface PasswordAttempt {
  email: string;
  password: string;
  userAgent: string | null;
  address: string | null;
}

export interface OidcAttempt {
  provider: string;
  subject: string;
  email: string;
  emailVerified: boolean;
  name: string;
}

/** Logs in with a password, for a door that cannot take an exception as an answer. */
export function answerLogIn(services: ApiServices, attempt: PasswordAttempt): Promise<LogInAnswer> {
  const { address, ...input } = attempt;
  return answer(services, () => logIn(anonymous(services, address), input));
}

/** The same for a person whom an OIDC provider vouches for. */
export function answerOidc(services: ApiServices, attempt: OidcAttempt): Promise<LogInAnswer> {
  return answer(services, () => logInByOidc(anonymous(services, null), attempt));
}

/** Ends the session of a token at once. A token that opens nothing is as good as ended. */
export async function endSession(services: ApiServices, token: string): Promise<void> {
  const session = await services.sessions.verify(token);
  if (session === null) return;
  await revokeSession({ ...anonymous(services, null), actor: session.actor });
  services.sessions.forget(session.actor.sessionId);
}

function anonymous(services: ApiServices, address: string | null): OperationContext {
  return {
    actor: { kind: 'anonymous' },
    tenantId: platformTenantId,
    db: services.db,
    now: services.now(),
    newId: () => services.newId(),
    log: services.log,
    requestId: services.newId(),
    address,
  };
}

async function answer(services: ApiServices, act: () => Promise<StartedSession>): Promise<LogInAnswer> {
  try {
    const { token, person } = await act();
    return { ok: true, token, person };
  } catch (error) {
    if (error instanceof FlowError)
      return { ok: false, message: [error.message, ...error.fields.map((field) => `${field.path}: ${field.message}`)].join('. ') };
    services.log.error({ error }, 'a log-in failed in a way that Flow does not know');
    return { ok: false, message: 'The log-in does not work at the moment: try again in a minute' };
  }
}
