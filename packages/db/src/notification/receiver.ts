import { messageKind, usualSettings } from '@flow/core/notification';
import type { MessageKind, NotificationSettings } from '@flow/core/notification';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** A web address that is told of things. */
export interface ChannelRow {
  id: string;
  name: string;
  url: string;
  sealedSecret: string;
  kinds: MessageKind[];
  createdAt: Date;
}

/** Channels that one tenant may have. */
export const channelsMax = 50;

const kinds = z.array(messageKind.or(z.string())).transform((all) => all.flatMap((kind) => messageKind.safeParse(kind).data ?? []));
const channelSelect = { id: true, name: true, url: true, sealedSecret: true, kinds: true, createdAt: true } as const;

/** All channels of the tenant, oldest first. */
export async function listChannels(reader: Tx, tenantId: string): Promise<ChannelRow[]> {
  const rows = await reader.notificationChannel.findMany({
    where: { tenantId, removedAt: null },
    select: channelSelect,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: channelsMax,
  });
  return rows.map((row) => ({ ...row, kinds: kinds.parse(row.kinds) }));
}

/** One channel, or null when there is none any more. */
export async function findChannel(reader: Tx, tenantId: string, id: string): Promise<ChannelRow | null> {
  const row = await reader.notificationChannel.findFirst({ where: { tenantId, id, removedAt: null }, select: channelSelect });
  return row === null ? null : { ...row, kinds: kinds.parse(row.kinds) };
}

/** Adds a channel. */
export async function insertChannel(tx: Tx, tenantId: string, channel: ChannelRow): Promise<void> {
  await tx.notificationChannel.create({ data: { tenantId, ...channel } });
}

/** Takes a channel away; false when there is none. */
export async function removeChannel(tx: Tx, tenantId: string, removed: { id: string; removedAt: Date }): Promise<boolean> {
  const { count } = await tx.notificationChannel.updateMany({
    where: { tenantId, id: removed.id, removedAt: null },
    data: { removedAt: removed.removedAt, sealedSecret: '' },
  });
  return count === 1;
}

/** What a person wants to be told in the tenant. */
export async function findSettings(reader: Tx, tenantId: string, userId: string): Promise<NotificationSettings> {
  const row = await reader.notificationSetting.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
  return row === null ? usualSettings : { email: kinds.parse(row.email), chat: kinds.parse(row.chat), chatName: row.chatName };
}

/** Keeps it. */
export async function saveSettings(tx: Tx, tenantId: string, settings: NotificationSettings & { userId: string }): Promise<void> {
  const { userId, ...wanted } = settings;
  await tx.notificationSetting.upsert({
    where: { tenantId_userId: { tenantId, userId } },
    create: { tenantId, userId, ...wanted },
    update: wanted,
  });
}

/** Members who can log in, with what they want to be told. */
export async function findReceivers(
  reader: Tx,
  tenantId: string,
  userIds: readonly string[],
): Promise<{ userId: string; email: string; settings: NotificationSettings }[]> {
  const rows = await reader.membership.findMany({
    where: { tenantId, userId: { in: [...userIds] }, user: { disabledAt: null } },
    select: { userId: true, user: { select: { email: true } }, notificationSettings: true },
    orderBy: { userId: 'asc' },
  });
  return rows.map(({ userId, user, notificationSettings: [row] }) => ({
    userId,
    email: user.email,
    settings: row === undefined ? usualSettings : { email: kinds.parse(row.email), chat: kinds.parse(row.chat), chatName: row.chatName },
  }));
}

/** Marks a link of a message as used; false when it was before. */
export async function claimLink(tx: Tx, tenantId: string, use: { linkId: string; usedBy: string; usedAt: Date }): Promise<boolean> {
  const { count } = await tx.approvalLinkUse.createMany({ data: [{ tenantId, ...use }], skipDuplicates: true });
  return count === 1;
}

/** Whether a link was used. */
export async function isLinkUsed(reader: Tx, tenantId: string, linkId: string): Promise<boolean> {
  return (await reader.approvalLinkUse.findUnique({ where: { tenantId_linkId: { tenantId, linkId } } })) !== null;
}
