import { deliveryState, notificationSettings } from '@flow/core/notification';
import { userIdOf } from '@flow/core/rights';
import { findSettings, listChannels, listDeliveries } from '@flow/db/notification';
import { checkOutboundUrl } from '@flow/delivery/outbound';
import {
  createChannel,
  createChannelInput,
  removeChannel,
  removeChannelInput,
  retryDelivery,
  retryDeliveryInput,
  saveNotificationSettings,
} from '@flow/operations/notification';
import { z } from 'zod';
import { done, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { deliveryItem, presentDeliveries } from './present.ts';

const mine = tenantProcedure.meta({ policy: { right: 'approval:read' } });
const managing = tenantProcedure.meta({ policy: { right: 'webhook:manage' } });

const channel = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  kinds: notificationSettings.shape.email,
  createdAt: instant,
});

export const notificationRouter = router({
  /** What I want to be told here. */
  settings: mine
    .input(inTenant({}))
    .output(notificationSettings)
    .query(({ ctx }) => findSettings(ctx.reader, ctx.tenant.id, userIdOf(ctx.operation.actor) ?? '')),

  saveSettings: mine
    .input(inTenant(notificationSettings.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...settings } }) => {
      await saveNotificationSettings(ctx.operation, settings);
      return { ok: true };
    }),

  /** Web addresses that are told of things. */
  channels: managing
    .input(inTenant({}))
    .output(z.array(channel))
    .query(({ ctx }) => listChannels(ctx.reader, ctx.tenant.id)),

  /** The secret with which calls are signed is shown this once. */
  createChannel: managing
    .input(inTenant(createChannelInput.shape))
    .output(z.object({ channelId: z.string(), secret: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => {
      const { sealer, outboundAllowed } = ctx.services;
      return createChannel(ctx.operation, input, { sealer, checkUrl: (url) => checkOutboundUrl(url, outboundAllowed) });
    }),

  removeChannel: managing
    .input(inTenant(removeChannelInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { channelId } }) => {
      await removeChannel(ctx.operation, { channelId });
      return { ok: true };
    }),

  /** Messages on their way or sent, newest first; those in some states, such as the ones that were set aside. */
  deliveries: managing
    .input(inTenant({ ...pageFields, states: z.array(deliveryState).max(5).default([]) }))
    .output(pageOf(deliveryItem))
    .query(async ({ ctx, input: { cursor, limit, states } }) => {
      const page = await listDeliveries(ctx.reader, ctx.tenant.id, { cursor, limit, states });
      return { ...page, items: await presentDeliveries(ctx, page.items) };
    }),

  /** Has one that was set aside tried again. */
  retry: managing
    .input(inTenant(retryDeliveryInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { deliveryId } }) => {
      await retryDelivery(ctx.operation, { deliveryId });
      return { ok: true };
    }),
});
