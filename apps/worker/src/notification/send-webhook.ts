import { createHmac } from 'node:crypto';
import { FlowError } from '@flow/core/fault';
import { outcomeOfStatus } from '@flow/core/notification';
import type { SendOutcome } from '@flow/core/notification';
import type { Outbound } from '@flow/delivery/outbound';

export interface WebhookLetter {
  url: string;
  /** `whsec_` and base64. */
  secret: string;
  body: string;
  /** The same at every try: by it the receiver knows what it has seen. */
  id: string;
}

/** The signature of Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over id, time and body. */
export function signatureOf({ secret, body, id }: Omit<WebhookLetter, 'url'>, seconds: number): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Calls a channel, signed. What it answers besides its status is not kept. */
export async function sendWebhook(
  outbound: Outbound,
  letter: WebhookLetter,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<SendOutcome> {
  const seconds = Math.floor(now.getTime() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': letter.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatureOf(letter, seconds),
  };
  try {
    const { status } = await outbound.send({ method: 'POST', url: letter.url, headers, body: letter.body, signal });
    return outcomeOfStatus(status);
  } catch (error) {
    if (error instanceof FlowError) return { kind: error.code === 'invalid' ? 'refused' : 'failed', answer: error.message };
    throw error;
  }
}
