import { whoCanHelp } from '@flow/core/approval';
import type { MessageKind } from '@flow/core/notification';
import { findApproval, findElectors, findOwnerIds } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findService } from '@flow/db/catalog';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import { claimSpread, findNotification, findReceivers, findToldBefore, insertDeliveries, listChannels } from '@flow/db/notification';
import type { NotificationRow } from '@flow/db/notification';
import { z } from 'zod';
import { loadRequest } from '../approval/load-requests.ts';
import { parseInput, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { isMoot, toldOfExemption } from './about-exemption.ts';
import { needKey } from './tell.ts';

export const spreadNotificationInput = z.strictObject({
  notificationId: z.string().min(1).max(64),
  /** Mail can be sent here. */
  hasMail: z.boolean(),
});

/** Finds out who is told of it, as they want it, and by which channels: a delivery for each. Once, however often it is called. */
export async function spreadNotification(ctx: OperationContext, input: z.input<typeof spreadNotificationInput>): Promise<void> {
  requireSystem(ctx);
  const { notificationId, hasMail } = parseInput(spreadNotificationInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const found = await findNotification(tx, ctx.tenantId, notificationId);
    if (found === null || !(await claimSpread(tx, ctx.tenantId, { id: found.id, spreadAt: ctx.now }))) return;
    if (await isMoot(tx, ctx.tenantId, found)) return;
    const { kind } = found;
    const receivers = await findReceivers(tx, ctx.tenantId, await peopleOf(ctx, tx, found));
    const mailed = hasMail ? receivers.filter(({ settings }) => settings.email.includes(kind)) : [];
    const mentions = receivers
      .filter(({ settings }) => settings.chat.includes(kind) && settings.chatName !== '')
      .map(({ settings }) => settings.chatName);
    const channels = (await listChannels(tx, ctx.tenantId)).filter((channel) => channel.kinds.includes(kind));
    await insertDeliveries(tx, ctx.tenantId, [
      ...mailed.map(({ userId }) => delivery(ctx, { notificationId, route: 'email', receiverId: userId, mentions: [] })),
      ...channels.map(({ id }) => delivery(ctx, { notificationId, route: 'webhook', receiverId: id, mentions })),
    ]);
  });
}

function delivery(
  ctx: OperationContext,
  to: { notificationId: string; route: 'email' | 'webhook'; receiverId: string; mentions: readonly string[] },
) {
  return { id: ctx.newId(), createdAt: ctx.now, ...to };
}

type Finder = (ctx: OperationContext, tx: Tx, found: NotificationRow) => Promise<string[]>;

const finders = {
  approvalNeeded: peopleAsked,
  approvalExpiring: async (ctx, tx, found) => [...new Set([...(await peopleAsked(ctx, tx, found)), ...(await admins(ctx, tx))])],
  approvalDecided: requesterOf,
  deploymentHeld: requesterAndOwners,
  deploymentPaused: requesterAndOwners,
  regionSkipped: requesterAndOwners,
  deploymentFailed: requesterAndOwners,
  deploymentRolledBack: requesterAndOwners,
  exemptionAsked: peopleOfExemption,
  exemptionAnswered: peopleOfExemption,
  breakGlassTaken: peopleOfExemption,
  reviewOverdue: peopleOfExemption,
  driftFound: requesterAndOwners,
} as const satisfies Record<MessageKind, Finder>;

function peopleOf(ctx: OperationContext, tx: Tx, found: NotificationRow): Promise<string[]> {
  return finders[found.kind](ctx, tx, found);
}

/** Everyone whose yes would help now; who was told of the need before is not told of it again when the next group's turn has come. */
async function peopleAsked(ctx: OperationContext, tx: Tx, { approvalId, kind }: NotificationRow): Promise<string[]> {
  const row = approvalId === null ? null : await findApproval(tx, ctx.tenantId, approvalId);
  if (row === null) return [];
  const people = whoCanHelp(await loadRequest(tx, ctx.tenantId, { row, now: ctx.now }), ctx.now).map((person) => person.userId);
  if (kind !== 'approvalNeeded') return people;
  const told = await findToldBefore(tx, ctx.tenantId, { approvalId: row.id, kind, keyPrefix: needKey(row) });
  return people.filter((userId) => !told.has(userId));
}

async function admins(ctx: OperationContext, tx: Tx): Promise<string[]> {
  return (await findElectors(tx, ctx.tenantId, { userIds: [], groupIds: [], roles: ['admin'] })).map((person) => person.userId);
}

function peopleOfExemption(ctx: OperationContext, tx: Tx, found: NotificationRow): Promise<string[]> {
  return toldOfExemption(tx, ctx.tenantId, found);
}

function deploymentOf(ctx: OperationContext, tx: Tx, { deploymentId }: NotificationRow) {
  return deploymentId === null ? null : findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
}

async function requesterOf(ctx: OperationContext, tx: Tx, found: NotificationRow): Promise<string[]> {
  const deployment = await deploymentOf(ctx, tx, found);
  return deployment === null || deployment.requestedBy === null ? [] : [deployment.requestedBy];
}

/** Whoever asked for it, and whoever owns the service: a person by their e-mail, or a group by its name. */
async function requesterAndOwners(ctx: OperationContext, tx: Tx, found: NotificationRow): Promise<string[]> {
  const deployment = await deploymentOf(ctx, tx, found);
  const service = deployment === null ? null : await findService(tx, ctx.tenantId, deployment.serviceId);
  const owner = service?.owner.trim().toLowerCase() ?? '';
  const isMail = owner.includes('@') && !owner.startsWith('@');
  const named = { emails: isMail ? [owner] : [], names: isMail || owner === '' ? [] : [owner.replace(/^@/, '')] };
  return [...new Set([...(await requesterOf(ctx, tx, found)), ...(await findOwnerIds(tx, ctx.tenantId, named))])];
}
