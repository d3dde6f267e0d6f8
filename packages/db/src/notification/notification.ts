import { messageKind } from '@flow/core/notification';
import type { MessageKind } from '@flow/core/notification';
import type { Tx } from '../client/index.ts';
import { wake } from '../jobs/index.ts';

export interface NewNotification {
  id: string;
  kind: MessageKind;
  /** Names the event: what is told of once is never told of again. */
  key: string;
  /** Null for what is about no one deployment. */
  deploymentId: string | null;
  approvalId: string | null;
  exemptionId?: string;
  state?: string;
  reason?: string;
  createdAt: Date;
}

/**
 * Writes down that something must be told, in the transaction in which it happened, and wakes whoever spreads it: now, or at `tellAt`. Nothing happens the
 * second time.
 */
export async function insertNotification(
  tx: Tx,
  tenantId: string,
  { tellAt, ...notification }: NewNotification & { tellAt?: Date },
): Promise<void> {
  const { count } = await tx.notification.createMany({ data: [{ tenantId, ...notification }], skipDuplicates: true });
  if (count === 1) await wake(tx, { kind: 'notification', key: notification.id, tenantId, runAt: tellAt ?? notification.createdAt });
}

export interface NotificationRow {
  id: string;
  kind: MessageKind;
  key: string;
  deploymentId: string | null;
  approvalId: string | null;
  exemptionId: string | null;
  state: string;
  reason: string;
  createdAt: Date;
  spreadAt: Date | null;
}

/** One notification, or null. */
export async function findNotification(reader: Tx, tenantId: string, id: string): Promise<NotificationRow | null> {
  const row = await reader.notification.findUnique({ where: { tenantId_id: { tenantId, id } } });
  return row === null ? null : { ...row, kind: messageKind.parse(row.kind) };
}

/** Marks it as spread; false when it was before. */
export async function claimSpread(tx: Tx, tenantId: string, spread: { id: string; spreadAt: Date }): Promise<boolean> {
  const { count } = await tx.notification.updateMany({
    where: { tenantId, id: spread.id, spreadAt: null },
    data: { spreadAt: spread.spreadAt },
  });
  return count === 1;
}

/** People who were told of the same need of the same content before: nobody is told twice. */
export async function findToldBefore(
  reader: Tx,
  tenantId: string,
  about: { approvalId: string; kind: MessageKind; keyPrefix: string },
): Promise<Set<string>> {
  const rows = await reader.notificationDelivery.findMany({
    where: {
      tenantId,
      route: 'email',
      notification: { approvalId: about.approvalId, kind: about.kind, key: { startsWith: about.keyPrefix } },
    },
    select: { receiverId: true },
  });
  return new Set(rows.map((row) => row.receiverId));
}
