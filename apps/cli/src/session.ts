import type { AppRouter } from '@flow/api/client-types';
import { createTRPCClient, httpLink } from '@trpc/client';
import type { TRPCClient } from '@trpc/client';
import { UsageError } from './exit.ts';

/** Whom a command talks to, and in which tenant. */
export interface Session {
  api: TRPCClient<AppRouter>;
  tenant: string;
  /** Address of a page of the portal. */
  page(path: string): string;
}

const timeoutMs = 30_000;

/**
 * Reads address, tenant and access token from the environment. The token is never an argument: arguments are seen by everyone on a machine.
 * Throws a UsageError that names what is missing.
 */
export function openSession(env: Readonly<Record<string, string | undefined>>): Session {
  const { FLOW_URL: url, FLOW_TENANT: tenant, FLOW_TOKEN: token } = env;
  const missing = Object.entries({ FLOW_URL: url, FLOW_TENANT: tenant, FLOW_TOKEN: token }).flatMap(([name, value]) =>
    value === undefined || value === '' ? [name] : [],
  );
  if (url === undefined || tenant === undefined || token === undefined || missing.length > 0)
    throw new UsageError(
      `Set ${missing.join(', ')}: the address of the portal, the name of the tenant in it, and an access token (made under Access in the portal).`,
    );
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError(`FLOW_URL is no address: ${url}`);
  return {
    tenant,
    page: (path) => new URL(`/t/${tenant}${path}`, url).href,
    api: createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: new URL('/api/trpc', url).href,
          headers: { authorization: `Bearer ${token}` },
          fetch: (address, options) => fetch(address, { ...options, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' }),
        }),
      ],
    }),
  };
}
