import type { ApiServices } from '@flow/api/router';
import { answerLogIn, answerOidc, endSession } from '@flow/api/server';
import type { AuthPort } from './auth-port.ts';
import type { WebEnvironment } from './env.ts';
import { sessionCookieName } from './session-cookie.ts';

/** Binds the log-in routes to the operations. */
export function createAuthPort(environment: WebEnvironment, services: ApiServices): AuthPort {
  const { secret, publicUrl, oidc, isDemo } = environment;
  return {
    secret,
    publicUrl,
    oidc,
    isDemo,
    cookieName: sessionCookieName(publicUrl),
    logIn: (attempt) => answerLogIn(services, attempt),
    logInByOidc: (attempt) => answerOidc(services, { provider: oidc?.issuer ?? '', ...attempt }),
    logOut: (token) => endSession(services, token),
  };
}
