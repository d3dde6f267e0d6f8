import type { SendOutcome } from '@flow/core/notification';
import type { Outbound } from '@flow/delivery/outbound';
import { beginDelivery, recordDelivery, spreadNotification } from '@flow/operations/notification';
import type { Letter } from '@flow/operations/notification';
import type { Sealer } from '@flow/operations/secret';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';
import type { Mailer } from './send-mail.ts';
import { sendWebhook } from './send-webhook.ts';

/** What sending needs from outside. */
export interface NotifyDependencies {
  context: Parameters<typeof systemContext>[0];
  sealer: Sealer;
  outbound: Outbound;
  /** Null where no mail server is set. */
  mailer: Mailer | null;
  /** Where the portal is reached. */
  publicUrl: string;
  random: () => number;
}

/** Turns what happened into a delivery for each who is told. */
export function spreadNotifications({ context, mailer }: NotifyDependencies): JobHandler {
  return async (job) => {
    if (job.tenantId === null) return { kind: 'done' };
    const ctx = systemContext(context, job.tenantId, 'tells people of it');
    await spreadNotification(ctx, { notificationId: job.key, hasMail: mailer !== null });
    return { kind: 'done' };
  };
}

/** Sends one message to one receiver: written down before, and what came of it after. */
export function sendDeliveries(dependencies: NotifyDependencies): JobHandler {
  const { context, sealer, publicUrl, random } = dependencies;
  return async (job, signal) => {
    if (job.tenantId === null) return { kind: 'done' };
    const ctx = () => systemContext(context, job.tenantId ?? '', 'tells people of it');
    const start = await beginDelivery(ctx(), { deliveryId: job.key }, { sealer, publicUrl });
    if (start.kind === 'over') return { kind: 'done' };
    if (start.kind === 'later') return { kind: 'waiting', until: start.at };
    const outcome = await send(dependencies, start.letter, { id: job.key, signal });
    const { nextAt } = await recordDelivery(ctx(), { deliveryId: job.key, outcome, random: random() });
    return nextAt === null ? { kind: 'done' } : { kind: 'waiting', until: nextAt };
  };
}

async function send(
  { outbound, mailer, context }: NotifyDependencies,
  letter: Letter,
  { id, signal }: { id: string; signal: AbortSignal },
): Promise<SendOutcome> {
  if (letter.route === 'webhook') return sendWebhook(outbound, { ...letter, id }, { now: context.now(), signal });
  if (mailer === null) return { kind: 'refused', answer: 'No mail server is set' };
  return mailer.send({ ...letter, id });
}
