import { decode } from 'next-auth/jwt';

/** Name of the log-in cookie: with the prefix that binds it to https where the portal is served so. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https://') ? '__Host-flow-session' : 'flow-session';
}

/** The session token in the encrypted cookie of a `cookie` header. Null when there is none, or it was not made here. */
export async function sessionTokenOf(header: string, options: { secret: string; cookieName: string }): Promise<string | null> {
  const cookie = cookiesOf(header).get(options.cookieName);
  if (cookie === undefined) return null;
  try {
    const decoded = await decode({ token: cookie, secret: options.secret });
    const token = decoded?.['flowToken'];
    return typeof token === 'string' ? token : null;
  } catch {
    // A cookie that does not open is no cookie.
    return null;
  }
}

function cookiesOf(header: string): ReadonlyMap<string, string> {
  return new Map(
    header.split(';').flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=');
      return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
    }),
  );
}
