import { FlowError } from '@flow/core/fault';
import { listAt, textAt } from '../json/index.ts';

/** Answers that a caller decides on: not there, conflict, too old, not accepted. Anything else that is not success is thrown. */
export type RefusedStatus = 404 | 409 | 410 | 422;

/**
 * `reason` is the machine-readable reason of the server (`AlreadyExists`, `Conflict`, `Expired`, `Invalid`); `message` may be shown;
 * `detail` is what the server wrote, for the log only; `fields` are the paths that a 422 names.
 */
export interface Refused {
  ok: false;
  status: RefusedStatus;
  reason: string;
  message: string;
  detail: string;
  fields: readonly string[];
}
export type Answer<T> = { ok: true; value: T } | Refused;

/** What was tried, for messages: `patch rollouts checkout`. */
export interface Attempt {
  server: string;
  verb: string;
  what: string;
}

const refusals: Readonly<Record<RefusedStatus, string>> = {
  404: 'is not there',
  409: 'was changed or made by someone else at the same time',
  410: 'is too old to be read from: read it anew',
  422: 'was not accepted: it is not valid, or it has moved on since it was read',
};

/** Turns an answer that is not 2xx into a refusal that the caller decides on, or throws the upstream error that it means. */
export function refusalOf(attempt: Attempt, status: number, body: string): Refused {
  const parsed = parseStatus(body);
  if (status === 404 || status === 409 || status === 410 || status === 422) {
    return {
      ok: false,
      status,
      reason: parsed.reason,
      message: `${attempt.what} ${refusals[status]}`,
      detail: parsed.message,
      fields: parsed.fields,
    };
  }
  throw new FlowError({ ...sentenceFor(attempt, status), detail: `${status} ${parsed.reason} ${parsed.message}` });
}

function sentenceFor(attempt: Attempt, status: number): { code: 'upstream'; owner: 'cluster' | 'flow'; message: string } {
  const who = `The cluster at ${attempt.server}`;
  const asked = `${attempt.verb} ${attempt.what}`;
  if (status === 401)
    return upstream(`${who} no longer takes Flow's credential: register the cluster again with a valid token or certificate`);
  if (status === 403) return upstream(`${who} does not allow Flow to ${asked}: grant this to Flow's account`);
  if (status === 429) return upstream(`${who} has too many requests: Flow tries again later`);
  if (status >= 500) return upstream(`${who} failed to ${asked} (HTTP ${status}): look at its API server; Flow tries again`);
  return upstream(`${who} refused to ${asked} (HTTP ${status})`);
}

function upstream(message: string): { code: 'upstream'; owner: 'cluster'; message: string } {
  return { code: 'upstream', owner: 'cluster', message };
}

function parseStatus(body: string): { reason: string; message: string; fields: readonly string[] } {
  try {
    const parsed: unknown = JSON.parse(body);
    const reason = textAt(parsed, 'reason');
    const fields = listAt(parsed, 'details', 'causes')
      .map((cause) => textAt(cause, 'field'))
      .filter((field) => field !== '');
    return { reason: /^[A-Za-z]{1,64}$/.test(reason) ? reason : '', message: textAt(parsed, 'message').slice(0, 2000), fields };
  } catch {
    return { reason: '', message: body.slice(0, 500), fields: [] };
  }
}

const certificateCodes = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_UNTRUSTED',
]);
const slowCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/** The upstream error for a call that got no answer: wrong authority, too slow, unreachable. */
export function connectionFault(attempt: Attempt, cause: unknown): FlowError {
  const code = codeOf(cause);
  const who = `The cluster at ${attempt.server}`;
  const detail = cause instanceof Error ? `${code} ${cause.message}` : String(cause);
  if (certificateCodes.has(code)) {
    const why =
      code === 'CERT_HAS_EXPIRED' ? 'its certificate has expired' : 'its certificate is not from the authority that was registered';
    return new FlowError({
      code: 'upstream',
      owner: 'cluster',
      message: `${who} cannot be trusted: ${why}. Check certificate-authority-data and the address`,
      detail,
      cause,
    });
  }
  if (slowCodes.has(code)) {
    return new FlowError({
      code: 'upstream',
      owner: 'cluster',
      message: `${who} did not answer in time: ${attempt.verb} ${attempt.what}. Flow tries again`,
      detail,
      cause,
    });
  }
  return new FlowError({
    code: 'upstream',
    owner: 'cluster',
    message: `${who} cannot be reached: check that it runs and that Flow may connect to it`,
    detail,
    cause,
  });
}

/** The error code of a failed call, looked for in its causes too; empty when there is none. */
export function codeOf(cause: unknown): string {
  for (let current = cause, depth = 0; depth < 5; depth += 1) {
    const code = textAt(current, 'code');
    if (code !== '' && code !== 'UND_ERR') return code;
    if (!(current instanceof Error)) return '';
    current = current.cause;
  }
  return '';
}
