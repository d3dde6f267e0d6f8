/** The largest body that is read. */
export const bodyBytesMax = 1_000_000;

/** The most procedure calls in one request. */
export const batchMax = 20;

export type Admission = { ok: true } | { ok: false; status: 403 | 405 | 413 | 415; message: string };

/**
 * Whether a request may reach the API at all, from its method and headers alone.
 * A change comes as JSON (so that no form of another page can send it) and from this site: by `Sec-Fetch-Site` where the browser sends it, else by
 * `Origin`, which must name this host. Programs that are no browser send neither; they carry no cookie of a person by themselves.
 */
export function admitRequest(headers: Headers, method: string): Admission {
  if (method !== 'GET' && method !== 'POST') return { ok: false, status: 405, message: 'Only GET and POST are taken' };
  if (!isFromThisSite(headers)) return { ok: false, status: 403, message: 'This request comes from another site' };
  if (method === 'GET') return { ok: true };
  if (!isJson(headers.get('content-type'))) return { ok: false, status: 415, message: 'Only JSON is read' };
  if (Number(headers.get('content-length') ?? 0) > bodyBytesMax)
    return { ok: false, status: 413, message: 'The request is larger than 1 MB' };
  return { ok: true };
}

function isFromThisSite(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  const origin = headers.get('origin');
  if (origin === null) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

function isJson(contentType: string | null): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '');
}
