import { deliveryRoute, deliveryState, messageKind } from '@flow/core/notification';
import type { DeliveryRoute, DeliveryState, MessageKind } from '@flow/core/notification';
import type { Tx } from '../client/index.ts';
import { wake } from '../jobs/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

export interface NewDelivery {
  id: string;
  notificationId: string;
  route: DeliveryRoute;
  /** The person or the channel. */
  receiverId: string;
  mentions: readonly string[];
  createdAt: Date;
}

/** Writes deliveries and wakes those who send them; a receiver that has one of the same notification gets no second. */
export async function insertDeliveries(tx: Tx, tenantId: string, deliveries: readonly NewDelivery[]): Promise<void> {
  await tx.notificationDelivery.createMany({
    data: deliveries.map(({ mentions, ...row }) => ({
      tenantId,
      ...row,
      mentions: [...mentions],
      state: 'waiting',
      nextAt: row.createdAt,
    })),
    skipDuplicates: true,
  });
  for (const { id, createdAt } of deliveries) await wake(tx, { kind: 'delivery', key: id, tenantId, runAt: createdAt });
}

export interface DeliveryRow {
  id: string;
  notificationId: string;
  route: DeliveryRoute;
  receiverId: string;
  state: DeliveryState;
  attempts: number;
  answer: string;
  mentions: string[];
  createdAt: Date;
  triedAt: Date | null;
  nextAt: Date | null;
  kind: MessageKind;
  /** The one deployment that it is about; null where it is about an exemption of a place. */
  deploymentId: string | null;
  exemptionId: string | null;
}

const deliverySelect = {
  id: true,
  notificationId: true,
  route: true,
  receiverId: true,
  state: true,
  attempts: true,
  answer: true,
  mentions: true,
  createdAt: true,
  triedAt: true,
  nextAt: true,
  notification: { select: { kind: true, deploymentId: true, exemptionId: true } },
} as const;

type Stored = Omit<DeliveryRow, 'route' | 'state' | 'kind' | 'deploymentId' | 'exemptionId'> & {
  route: string;
  state: string;
  notification: { kind: string; deploymentId: string | null; exemptionId: string | null };
};

function toDelivery({ notification, ...row }: Stored): DeliveryRow {
  return {
    ...row,
    route: deliveryRoute.parse(row.route),
    state: deliveryState.parse(row.state),
    kind: messageKind.parse(notification.kind),
    deploymentId: notification.deploymentId,
    exemptionId: notification.exemptionId,
  };
}

/** One delivery, or null. */
export async function findDelivery(reader: Tx, tenantId: string, id: string): Promise<DeliveryRow | null> {
  const row = await reader.notificationDelivery.findUnique({ where: { tenantId_id: { tenantId, id } }, select: deliverySelect });
  return row === null ? null : toDelivery(row);
}

/** Deliveries of the tenant, newest first; those in one of the states where some are given. */
export async function listDeliveries(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { states: readonly DeliveryState[] },
): Promise<Page<DeliveryRow>> {
  const rows = await reader.notificationDelivery.findMany({
    where: { tenantId, ...(query.states.length === 0 ? {} : { state: { in: [...query.states] } }), ...createdBefore(query.cursor) },
    select: deliverySelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows.map(toDelivery), query.limit, (row) => row.createdAt);
}
