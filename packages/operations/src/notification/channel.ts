import { randomBytes } from 'node:crypto';
import { FlowError } from '@flow/core/fault';
import { messageKind } from '@flow/core/notification';
import { inTransaction } from '@flow/db/client';
import { channelsMax, findChannel, insertChannel, listChannels, removeChannel as saveRemoved } from '@flow/db/notification';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer, SecretPlace } from '../secret/index.ts';

/** Where the secret of a channel lives. */
export function channelSecretPlace(channelId: string): SecretPlace {
  return { table: 'notification_channel', column: 'sealed_secret', rowId: channelId };
}

export const createChannelInput = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** Begins with https://; what its name resolves to is judged at every call. */
  url: z.string().trim().min(1).max(1_000),
  kinds: z.array(messageKind).min(1).max(messageKind.options.length),
});

/** What an address must be, as far as its text says; whoever opens the door knows what the operator allows. */
export type UrlCheck = (url: string) => { ok: true } | { ok: false; message: string };

/** Adds a web address that is told of things. Its secret is shown this once. */
export async function createChannel(
  ctx: OperationContext,
  input: z.input<typeof createChannelInput>,
  { sealer, checkUrl }: { sealer: Sealer; checkUrl: UrlCheck },
): Promise<{ channelId: string; secret: string }> {
  requireRight(ctx, 'webhook:manage');
  const { name, url, kinds } = parseInput(createChannelInput, input);
  const checked = checkUrl(url);
  if (!checked.ok)
    throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields: [{ path: 'url', message: checked.message }] });
  const channelId = ctx.newId();
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await inTransaction(ctx.db, async (tx) => {
    if ((await listChannels(tx, ctx.tenantId)).length >= channelsMax)
      throw new FlowError({ code: 'precondition', message: `There are ${channelsMax} channels: remove one that is not needed` });
    const sealedSecret = sealer.seal(secret, channelSecretPlace(channelId));
    await insertChannel(tx, ctx.tenantId, { id: channelId, name, url, kinds, sealedSecret, createdAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'notification.createChannel',
      subject: `channel:${channelId}`,
      summary: `Made the channel ${name}`,
      after: { name, host: new URL(url).host, kinds },
    });
  });
  return { channelId, secret };
}

export const removeChannelInput = z.strictObject({ channelId: z.string().min(1).max(64) });

/** Takes a channel away: nothing is sent to it any more. */
export async function removeChannel(ctx: OperationContext, input: z.input<typeof removeChannelInput>): Promise<void> {
  requireRight(ctx, 'webhook:manage');
  const { channelId } = parseInput(removeChannelInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const channel = await findChannel(tx, ctx.tenantId, channelId);
    if (channel === null || !(await saveRemoved(tx, ctx.tenantId, { id: channelId, removedAt: ctx.now }))) throw notFound('channel');
    await recordChange(ctx, tx, {
      action: 'notification.removeChannel',
      subject: `channel:${channelId}`,
      summary: `Removed the channel ${channel.name}`,
    });
  });
}
