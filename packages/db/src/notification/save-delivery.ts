import { FlowError } from '@flow/core/fault';
import { deliveryMayBecome } from '@flow/core/notification';
import type { DeliveryState } from '@flow/core/notification';
import type { Tx } from '../client/index.ts';

export interface DeliveryChange {
  id: string;
  from: DeliveryState;
  to: DeliveryState;
  answer?: string;
  triedAt?: Date;
  nextAt?: Date | null;
  /** A try begins, or they are counted anew. */
  attempts?: number;
}

/** Writes the state of a delivery if it is still the one that was read: the one writer of it. */
export async function saveDeliveryState(tx: Tx, tenantId: string, change: DeliveryChange): Promise<boolean> {
  const { id, from, to, ...fields } = change;
  if (!deliveryMayBecome(from, to)) throw new FlowError({ code: 'internal', message: `A delivery cannot go from ${from} to ${to}` });
  const { count } = await tx.notificationDelivery.updateMany({ where: { tenantId, id, state: from }, data: { state: to, ...fields } });
  return count === 1;
}
