import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { FlowError } from '@flow/core/fault';
import { z } from 'zod';
import { authPort } from '../../server/auth-port.ts';
import type { AuthPort } from '../../server/auth-port.ts';

const credentials = z.object({ email: z.string().min(1).max(254), password: z.string().min(1).max(1_000) });
const oidcProfile = z.object({
  sub: z.string(),
  email: z.string(),
  email_verified: z.boolean().default(false),
  name: z.string().optional(),
});

const lifetimeSeconds = 12 * 60 * 60;

/**
 * next-auth keeps one thing for Flow: the token of a session that lives in Flow's own table, inside its encrypted cookie. Whether that session is
 * still good is asked of the table on every request, so it can be ended at once.
 */
export function authOptions(request: { headers: Headers }): NextAuthOptions {
  const port = authPort();
  const isSecure = port.publicUrl.startsWith('https://');
  return {
    secret: port.secret,
    session: { strategy: 'jwt', maxAge: lifetimeSeconds },
    useSecureCookies: isSecure,
    cookies: { sessionToken: { name: port.cookieName, options: { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure } } },
    pages: { signIn: '/login', error: '/login' },
    providers: [passwordProvider(port, request), ...oidcProviders(port)],
    callbacks: {
      async jwt({ token, user, account, profile }) {
        if (account?.provider === 'oidc') return { flowToken: await oidcToken(port, profile) };
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

function passwordProvider(port: AuthPort, request: { headers: Headers }) {
  return CredentialsProvider({
    name: 'password',
    credentials: { email: { type: 'email' }, password: { type: 'password' } },
    async authorize(given) {
      const read = credentials.safeParse(given);
      if (!read.success) throw new FlowError({ code: 'invalid', message: 'Give your e-mail address and your password' });
      const answer = await port.logIn({
        ...read.data,
        userAgent: request.headers.get('user-agent'),
        address: request.headers.get('x-flow-address'),
      });
      // next-auth hands the message of this error to the log-in page.
      if (!answer.ok) throw new FlowError({ code: 'unauthenticated', message: answer.message });
      return { id: answer.person.id, name: answer.person.name, email: answer.person.email, flowToken: answer.token };
    },
  });
}

function oidcProviders(port: AuthPort): NextAuthOptions['providers'] {
  if (port.oidc === null) return [];
  const { issuer, clientId, clientSecret, name } = port.oidc;
  return [
    {
      id: 'oidc',
      name,
      type: 'oauth',
      wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      clientId,
      clientSecret,
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      authorization: { params: { scope: 'openid email profile' } },
      profile: (profile: unknown) => ({ id: oidcProfile.parse(profile).sub }),
    },
  ];
}

async function oidcToken(port: AuthPort, profile: unknown): Promise<string> {
  const { sub, email, email_verified: emailVerified, name } = oidcProfile.parse(profile);
  const answer = await port.logInByOidc({ subject: sub, email, emailVerified, name: name ?? email });
  if (!answer.ok) throw new FlowError({ code: 'unauthenticated', message: answer.message });
  return answer.token;
}
