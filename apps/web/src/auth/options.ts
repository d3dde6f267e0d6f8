import type { NextAuthOptions } from 'next-auth';
import { FlowError } from '@flow/core/fault';
import { z } from 'zod';
import { authPort } from '../../server/auth-port.ts';
import type { AuthPort } from '../../server/auth-port.ts';
import { sessionTokenOf } from '../../server/session-cookie.ts';
import CredentialsProvider from 'next-auth/providers/credentials';
import { oidcIdentity, oidcProviders } from './oidc.ts';

const credentials = z.object({ email: z.string().min(1).max(254), password: z.string().min(1).max(1_000) });
const lifetimeSeconds = 12 * 60 * 60;

interface AuthRequest {
  headers: Headers;
}

/**
 * next-auth keeps one thing for Flow: the token of a session that lives in Flow's own table, inside its encrypted cookie. Whether that session is
 * still good is asked of the table on every request, so it can be ended at once. The options are those of one request.
 */
export function authOptions(request: AuthRequest, onLimited: (retryAfterSeconds: number) => void): NextAuthOptions {
  const port = authPort();
  const isSecure = port.publicUrl.startsWith('https://');
  let startedByOidc: string | undefined;
  return {
    secret: port.secret,
    session: { strategy: 'jwt', maxAge: lifetimeSeconds },
    useSecureCookies: isSecure,
    cookies: { sessionToken: { name: port.cookieName, options: { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure } } },
    pages: { signIn: '/login', error: '/login' },
    providers: [passwordProvider(port, request, onLimited), ...oidcProviders(port.oidc)],
    callbacks: {
      // Here, and not where the cookie is made, a refusal can still say why: by the code that the log-in page puts into words.
      async signIn({ account, profile }) {
        if (account?.provider !== 'oidc') return true;
        const identity = oidcIdentity(profile);
        if (identity === null) return '/login?error=oidc-email';
        const answer = await port.logInByOidc({ ...identity, ...(await visitorOf(port, request)) });
        if (!answer.ok) return `/login?error=oidc-${answer.code}`;
        startedByOidc = answer.token;
        return true;
      },
      jwt({ token, user }) {
        if (startedByOidc !== undefined) return { flowToken: startedByOidc };
        const started = z.object({ flowToken: z.string() }).safeParse(user);
        return started.success ? { flowToken: started.data.flowToken } : { flowToken: token['flowToken'] };
      },
      // The browser learns nothing from next-auth: who is logged in is asked of the API.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) => (url.startsWith('/') && !url.startsWith('//') ? `${baseUrl}${url}` : baseUrl),
    },
    events: {
      async signOut({ token }) {
        const flowToken: unknown = token['flowToken'];
        if (typeof flowToken === 'string') await port.logOut(flowToken);
      },
    },
  };
}

function passwordProvider(port: AuthPort, request: AuthRequest, onLimited: (retryAfterSeconds: number) => void) {
  return CredentialsProvider({
    name: 'password',
    credentials: { email: { type: 'email' }, password: { type: 'password' } },
    async authorize(given) {
      const read = credentials.safeParse(given);
      if (!read.success) throw new FlowError({ code: 'invalid', message: 'Give your e-mail address and your password' });
      const answer = await port.logIn({ ...read.data, ...(await visitorOf(port, request)) });
      if (!answer.ok && answer.retryAfterSeconds !== null) onLimited(answer.retryAfterSeconds);
      // next-auth hands the message of this error to the log-in page.
      if (!answer.ok) throw new FlowError({ code: 'unauthenticated', message: answer.message });
      return { id: answer.person.id, name: answer.person.name, email: answer.person.email, flowToken: answer.token };
    },
  });
}

async function visitorOf(port: AuthPort, { headers }: AuthRequest) {
  return {
    userAgent: headers.get('user-agent'),
    address: headers.get('x-flow-address'),
    formerToken: await sessionTokenOf(headers.get('cookie') ?? '', port),
  };
}
