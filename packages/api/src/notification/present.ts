import { deliveryRoute, deliveryState, messageKind } from '@flow/core/notification';
import { listChannels } from '@flow/db/notification';
import type { DeliveryRow } from '@flow/db/notification';
import { findNames } from '@flow/db/person';
import { z } from 'zod';
import { instant } from '../trpc/index.ts';
import type { TenantContext } from '../trpc/index.ts';

/** One message on its way to one receiver, as the list shows it. */
export const deliveryItem = z.object({
  id: z.string(),
  kind: messageKind,
  route: deliveryRoute,
  receiverName: z.string(),
  /** The one deployment that it is about; null where it is about an exemption of a place. */
  deploymentId: z.string().nullable(),
  state: deliveryState,
  attempts: z.number(),
  /** What the last try was answered. */
  answer: z.string(),
  createdAt: instant,
  triedAt: instant.nullable(),
  nextAt: instant.nullable(),
});

/** Deliveries with the names of people and channels. */
export async function presentDeliveries(ctx: TenantContext, rows: readonly DeliveryRow[]): Promise<z.input<typeof deliveryItem>[]> {
  const people = await findNames(
    ctx.reader,
    rows.map((row) => (row.route === 'email' ? row.receiverId : null)),
  );
  const channels = new Map((await listChannels(ctx.reader, ctx.tenant.id)).map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    ...row,
    receiverName:
      (row.route === 'email' ? people : channels).get(row.receiverId) ?? (row.route === 'email' ? 'Someone' : 'A removed channel'),
  }));
}
