import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignedDelivery } from './verify-signature.ts';

/** What is signed: the id, when it was sent, in seconds since 1970, and the body as it is sent. */
export interface Signed {
  id: string;
  seconds: number;
  body: string | Uint8Array;
}

/** The signature of Standard Webhooks (https://www.standardwebhooks.com): `v1,` and the base64 of HMAC-SHA256 over id, time and body. */
export function signatureOf(secret: string, { id, seconds, body }: Signed): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64')}`;
}

/** The headers of a signed call. */
export function signedHeaders(secret: string, { id, body, now }: { id: string; body: string; now: Date }): Record<string, string> {
  const seconds = Math.floor(now.getTime() / 1_000);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatureOf(secret, { id, seconds, body }),
  };
}

/** How far the clock of a sender may be off, as the specification recommends: an older call is a replay. */
const toleranceSeconds = 300;

/** The id of a call that was signed with the secret a short time ago; null for any other. One of several signatures is enough, so that keys can be changed. */
export function provenId(secret: string, { headers, body }: SignedDelivery, now: Date): string | null {
  const [id, timestamp] = [headers['webhook-id'] ?? '', headers['webhook-timestamp'] ?? ''];
  if (!/^[\w.:-]{1,100}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return null;
  const seconds = Number(timestamp);
  if (Math.abs(now.getTime() / 1_000 - seconds) > toleranceSeconds) return null;
  const expected = signatureOf(secret, { id, seconds, body });
  const given = (headers['webhook-signature'] ?? '').split(' ').slice(0, 10);
  return given.some((signature) => isSame(signature, expected)) ? id : null;
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
