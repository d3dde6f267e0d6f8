import { FlowError } from '@flow/core/fault';
import type { FaultCode } from '@flow/core/fault';
import { platformTenantId } from '@flow/operations/context';
import type { OperationContext } from '@flow/operations/context';
import { logIn, logInByOidc, revokeSession } from '@flow/operations/session';
import type { StartedSession } from '@flow/operations/session';
import { addressKey } from '../limit/index.ts';
import type { ApiServices } from '../router/index.ts';

/** The token of a new session, or why there is none: `message` is public. */
export type LogInAnswer =
  | { ok: true; token: string; person: { id: string; name: string; email: string } }
  | { ok: false; code: FaultCode; message: string; retryAfterSeconds: number | null };

/** What every log-in comes with. */
export interface Visitor {
  userAgent: string | null;
  address: string | null;
  /** Session that this browser has so far: it ends when another begins (ASVS 7.2.4). */
  formerToken: string | null;
}

export interface PasswordAttempt extends Visitor {
  email: string;
  password: string;
}

export interface OidcAttempt extends Visitor {
  provider: string;
  subject: string;
  email: string;
  emailVerified: boolean;
  name: string;
}

/** Logs in with a password, for a door that cannot take an exception as an answer. */
export function answerLogIn(services: ApiServices, attempt: PasswordAttempt): Promise<LogInAnswer> {
  const { address, formerToken, ...input } = attempt;
  return answer(services, { address, formerToken }, () => logIn(anonymous(services, address), input));
}

/** The same for a person whom an OIDC provider vouches for. */
export function answerOidc(services: ApiServices, attempt: OidcAttempt): Promise<LogInAnswer> {
  const { address, formerToken, ...input } = attempt;
  return answer(services, { address, formerToken }, () => logInByOidc(anonymous(services, address), input));
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

async function answer(
  services: ApiServices,
  { address, formerToken }: Pick<Visitor, 'address' | 'formerToken'>,
  act: () => Promise<StartedSession>,
): Promise<LogInAnswer> {
  try {
    services.rates.count('logIn', addressKey(address));
    const { token, person } = await act();
    if (formerToken !== null) await endSession(services, formerToken);
    return { ok: true, token, person };
  } catch (error) {
    if (error instanceof FlowError) {
      const message = [error.message, ...error.fields.map((field) => `${field.path}: ${field.message}`)].join('. ');
      return { ok: false, code: error.code, message, retryAfterSeconds: error.retryAfterSeconds };
    }
    services.log.error({ error }, 'a log-in failed in a way that Flow does not know');
    const message = 'The log-in does not work at the moment: try again in a minute';
    return { ok: false, code: 'internal', message, retryAfterSeconds: null };
  }
}
