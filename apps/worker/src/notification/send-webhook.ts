import { FlowError } from '@flow/core/fault';
import { outcomeOfStatus } from '@flow/core/notification';
import type { SendOutcome } from '@flow/core/notification';
import type { Outbound } from '@flow/delivery/outbound';
import { signedHeaders } from '@flow/operations/webhook';

export interface WebhookLetter {
  url: string;
  /** `whsec_` and base64. */
  secret: string;
  body: string;
  /** The same at every try: by it the receiver knows what it has seen. */
  id: string;
}

/** Calls a channel, signed. What it answers besides its status is not kept. */
export async function sendWebhook(
  outbound: Outbound,
  letter: WebhookLetter,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<SendOutcome> {
  const headers = signedHeaders(letter.secret, { ...letter, now });
  try {
    const { status } = await outbound.send({ method: 'POST', url: letter.url, headers, body: letter.body, signal });
    return outcomeOfStatus(status);
  } catch (error) {
    if (error instanceof FlowError) return { kind: error.code === 'invalid' ? 'refused' : 'failed', answer: error.message };
    throw error;
  }
}
