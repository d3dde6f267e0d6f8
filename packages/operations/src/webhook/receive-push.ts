import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findWebhookSource, insertDelivery } from '@flow/db/webhook';
import { z } from 'zod';
import { requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { addRun } from '../pipeline/index.ts';
import type { Sealer } from '../secret/index.ts';
import { readPush } from './push-event.ts';
import { deliveryId, isSignedBy } from './verify-signature.ts';
import type { SignedDelivery } from './verify-signature.ts';

/** What became of a delivery that was taken. */
export type Received =
  | { outcome: 'started'; runId: string; number: number }
  | { outcome: 'ignored'; why: string }
  | { outcome: 'repeated' };

/** Who speaks through a source: found by id, proven by the signature. */
export interface ProvenDelivery {
  tenantId: string;
  sourceId: string;
  serviceId: string;
  deliveryId: string;
  body: Uint8Array;
}

/** Where the secret of a webhook source lives, for its envelope. */
export function webhookSecretPlace(sourceId: string): { table: string; column: string; rowId: string } {
  return { table: 'webhook_source', column: 'sealed_secret', rowId: sourceId };
}

/** Proves a delivery before anything of it is read. An unknown source and a wrong signature are answered alike. */
export async function proveDelivery(
  door: Pick<OperationContext, 'db'> & { sealer: Sealer },
  sourceId: string,
  delivery: SignedDelivery,
): Promise<ProvenDelivery> {
  const source = await findWebhookSource(door.db, sourceId);
  const style = z.enum(['github', 'gitlab']).safeParse(source?.style);
  if (source === null || !style.success) throw unknownSource();
  const secret = door.sealer.open(source.sealedSecret, webhookSecretPlace(source.id));
  if (!isSignedBy(style.data, secret, delivery)) throw unknownSource();
  const id = deliveryId(style.data, delivery.headers);
  if (id === undefined)
    throw new FlowError({ code: 'invalid', message: 'The delivery has no id: Flow takes each delivery once and needs one' });
  return { tenantId: source.tenantId, sourceId, serviceId: source.service.id, deliveryId: id, body: delivery.body };
}

function unknownSource(): FlowError {
  return new FlowError({ code: 'unauthenticated', message: 'There is no such webhook, or the delivery is not signed with its secret' });
}

/** Starts a run for a proven push, once for each delivery id. */
export async function receivePush(ctx: OperationContext, delivery: ProvenDelivery): Promise<Received> {
  requireRight(ctx, 'run:start');
  const push = readPush(delivery.body);
  if (push === undefined) throw new FlowError({ code: 'invalid', message: 'The body is not a push event' });
  return inTransaction(ctx.db, async (tx) => {
    const isFirst = await insertDelivery(tx, ctx.tenantId, {
      sourceId: delivery.sourceId,
      deliveryId: delivery.deliveryId,
      receivedAt: ctx.now,
      runId: null,
    });
    if (!isFirst) return { outcome: 'repeated' };
    if ('ignored' in push) return { outcome: 'ignored', why: push.ignored };
    const run = await addRun(ctx, tx, { serviceId: delivery.serviceId, trigger: 'push', ...push });
    return { outcome: 'started', ...run };
  });
}
