import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedDelivery {
  /** Lower-case header names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they came: a parsed and re-written body has another signature. */
  body: Uint8Array;
}

/** Id of the delivery, unique for its source: what a replay repeats. Undefined when the sender gave none. */
export function deliveryId(style: 'github' | 'gitlab', headers: SignedDelivery['headers']): string | undefined {
  const id = style === 'github' ? headers['x-github-delivery'] : (headers['x-gitlab-event-uuid'] ?? headers['idempotency-key']);
  return id !== undefined && /^[A-Za-z0-9-]{8,100}$/.test(id) ? id : undefined;
}

/**
 * True when the sender knows the secret.
 * GitHub signs: `X-Hub-Signature-256: sha256=` and the HMAC-SHA-256 of the body (GitHub docs, "Validating webhook deliveries").
 * GitLab sends the secret itself in `X-Gitlab-Token` (GitLab docs, "Webhooks"). Both are compared in constant time.
 */
export function isSignedBy(style: 'github' | 'gitlab', secret: string, delivery: SignedDelivery): boolean {
  if (secret === '') return false;
  if (style === 'gitlab') return isSame(delivery.headers['x-gitlab-token'] ?? '', secret);
  const expected = `sha256=${createHmac('sha256', secret).update(delivery.body).digest('hex')}`;
  return isSame(delivery.headers['x-hub-signature-256'] ?? '', expected);
}

// Hashing first makes the lengths equal, so that nothing is learnt from them.
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
