import type { NextAuthOptions } from 'next-auth';
import { FlowError } from '@flow/core/fault';
import { z } from 'zod';
import type { AuthPort } from '../../server/auth-port.ts';

const claims = z.object({
  sub: z.string().min(1),
  email: z.string().min(1),
  // Some providers write it as text.
  email_verified: z.union([z.boolean(), z.stringbool()]).default(false),
  name: z.string().optional(),
});

/** What a log-in by OIDC needs to know of a person, or null when the provider tells no e-mail address. */
export function oidcIdentity(profile: unknown): { subject: string; email: string; emailVerified: boolean; name: string } | null {
  const read = claims.safeParse(profile);
  if (!read.success) return null;
  const { sub, email, email_verified: emailVerified, name } = read.data;
  return { subject: sub, email, emailVerified, name: name === undefined || name.trim() === '' ? email : name };
}

/** The provider that the settings name, if any: authorization code with PKCE, state and nonce. */
export function oidcProviders(settings: AuthPort['oidc']): NextAuthOptions['providers'] {
  if (settings === null) return [];
  const { issuer, clientId, clientSecret, name } = settings;
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
      // Providers that keep to the letter tell the e-mail address only here (OpenID Connect Core, 5.4).
      userinfo: {
        async request({ tokens, client }) {
          const proven = claimsOfToken(tokens.id_token ?? '');
          const told = await client.userinfo(tokens.access_token ?? '');
          if (told.sub !== proven.sub)
            throw new FlowError({ code: 'upstream', message: 'The provider told of another person than it logged in' });
          return { ...proven, ...told };
        },
      },
      httpOptions: { timeout: 10_000 },
      profile: (profile: unknown) => ({ id: z.object({ sub: z.string().min(1) }).parse(profile).sub }),
    },
  ];
}

/** The claims of an ID token; its signature, issuer, audience, time and nonce were checked when it was taken. */
function claimsOfToken(idToken: string): { sub: string } & Record<string, unknown> {
  const payload: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
  return z.looseObject({ sub: z.string() }).parse(payload);
}
