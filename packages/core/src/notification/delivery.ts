import { z } from 'zod';

/**
 * States of one message on its way to one receiver.
 * - `waiting`: to be sent now or at its next try. `sending`: a worker is at it. `sent`: taken by the receiver.
 * - `dead`: every try failed, or the receiver will never take it. `unknown`: a worker stopped while it sent a mail, which may have arrived.
 * The last two are for a person, who may have it tried again.
 */
export const deliveryState = z.enum(['waiting', 'sending', 'sent', 'dead', 'unknown']);
export type DeliveryState = z.infer<typeof deliveryState>;

export const deliveryTransitions = {
  waiting: ['sending'],
  sending: ['sent', 'waiting', 'dead', 'unknown'],
  sent: [],
  dead: ['waiting'],
  unknown: ['waiting'],
} as const satisfies Record<DeliveryState, readonly DeliveryState[]>;

/** True when the table has the edge. */
export function deliveryMayBecome(from: DeliveryState, to: DeliveryState): boolean {
  const edges: readonly DeliveryState[] = deliveryTransitions[from];
  return edges.includes(to);
}

export const deliveryRoute = z.enum(['email', 'webhook']);
export type DeliveryRoute = z.infer<typeof deliveryRoute>;

/** What came of one try. `refused`: it will never be taken. */
export type SendOutcome = { kind: 'sent'; answer: string } | { kind: 'refused'; answer: string } | { kind: 'failed'; answer: string };

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** The waits between tries: about a day in all. */
const waitsMs = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 4 * hour, 8 * hour, 12 * hour] as const;

/** How it goes on after the `attempts`th try: the next one waits longer, with jitter from `random` (0 up to 1), until there is none. */
export function afterTry(
  outcome: SendOutcome,
  tried: { attempts: number; now: Date; random: number },
): { state: Extract<DeliveryState, 'sent' | 'waiting' | 'dead'>; nextAt: Date | null } {
  if (outcome.kind === 'sent') return { state: 'sent', nextAt: null };
  const waitMs = waitsMs[tried.attempts - 1];
  if (outcome.kind === 'refused' || waitMs === undefined) return { state: 'dead', nextAt: null };
  return { state: 'waiting', nextAt: new Date(tried.now.getTime() + waitMs * (0.75 + tried.random / 2)) };
}

/** How an answer of a web receiver counts: taken, to be tried again (too much, too slow, a fault of theirs), or never taken. */
export function outcomeOfStatus(status: number): SendOutcome {
  const answer = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'sent', answer };
  return { kind: status >= 500 || status === 408 || status === 425 || status === 429 ? 'failed' : 'refused', answer };
}
