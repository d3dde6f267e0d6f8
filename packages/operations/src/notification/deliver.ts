import { someOf, whoCanHelp } from '@flow/core/approval';
import { afterTry, renderMessage } from '@flow/core/notification';
import type { Message, MessageFacts, SendOutcome } from '@flow/core/notification';
import { findApproval } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDeploymentWithTargets } from '@flow/db/deployment';
import { findChannel, findDelivery, findNotification, findReceivers, saveDeliveryState } from '@flow/db/notification';
import type { DeliveryRow, NotificationRow } from '@flow/db/notification';
import { findNames } from '@flow/db/person';
import { findTenant } from '@flow/db/tenancy';
import { z } from 'zod';
import { loadRequest } from '../approval/load-requests.ts';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';
import { factsOfExemption } from './about-exemption.ts';
import { writeLink } from './approval-link.ts';
import { channelSecretPlace } from './channel.ts';

const id = z.string().min(1).max(64);
export const beginDeliveryInput = z.strictObject({ deliveryId: id });
export const recordDeliveryInput = z.strictObject({
  deliveryId: id,
  outcome: z.strictObject({ kind: z.enum(['sent', 'refused', 'failed']), answer: z.string().max(300) }),
  /** From 0 up to 1, for the jitter of the next try. */
  random: z.number().min(0).max(1),
});

/** What is to be sent, to whom. */
export type Letter =
  | { route: 'email'; to: string; message: Message }
  | { route: 'webhook'; url: string; secret: string; message: Message; body: string };

/** What a worker does about a delivery now: nothing any more, something later, or send. */
export type DeliveryStart = { kind: 'over' } | { kind: 'later'; at: Date } | { kind: 'send'; letter: Letter };

export interface Means {
  sealer: Sealer;
  /** Where the portal is reached. */
  publicUrl: string;
}

/**
 * Begins a try: it is written down before anything is sent. A mail whose sending was cut off may have arrived, so it is set aside for a person and never
 * sent twice by itself; a web call is sent again under the same id, by which its receiver knows it.
 */
export async function beginDelivery(
  ctx: OperationContext,
  input: z.input<typeof beginDeliveryInput>,
  means: Means,
): Promise<DeliveryStart> {
  requireSystem(ctx);
  const { deliveryId } = parseInput(beginDeliveryInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const found = await findDelivery(tx, ctx.tenantId, deliveryId);
    const row = found?.state === 'sending' ? await takeUp(ctx, tx, found) : found;
    if (row?.state !== 'waiting') return { kind: 'over' };
    if (row.nextAt !== null && row.nextAt > ctx.now) return { kind: 'later', at: row.nextAt };
    const begun = { id: deliveryId, from: 'waiting' as const, to: 'sending' as const, attempts: row.attempts + 1, triedAt: ctx.now };
    if (!(await saveDeliveryState(tx, ctx.tenantId, begun))) return { kind: 'over' };
    const letter = await write(ctx, tx, { row, means });
    if (letter !== null) return { kind: 'send', letter };
    const answer = 'Whoever was to be told is not there any more';
    await saveDeliveryState(tx, ctx.tenantId, { id: deliveryId, from: 'sending', to: 'dead', answer, nextAt: null });
    return { kind: 'over' };
  });
}

async function takeUp(ctx: OperationContext, tx: Tx, row: DeliveryRow): Promise<DeliveryRow | null> {
  const to = row.route === 'email' ? ('unknown' as const) : ('waiting' as const);
  const answer = 'The worker was stopped while it sent this';
  await saveDeliveryState(tx, ctx.tenantId, { id: row.id, from: 'sending', to, answer, nextAt: to === 'waiting' ? ctx.now : null });
  return findDelivery(tx, ctx.tenantId, row.id);
}

/** Records what came of a try; the time of the next one, or null when there is none. */
export async function recordDelivery(ctx: OperationContext, input: z.input<typeof recordDeliveryInput>): Promise<{ nextAt: Date | null }> {
  requireSystem(ctx);
  const { deliveryId, outcome, random } = parseInput(recordDeliveryInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const row = await findDelivery(tx, ctx.tenantId, deliveryId);
    if (row?.state !== 'sending') return { nextAt: null };
    const { state, nextAt } = afterTry(outcome satisfies SendOutcome, { attempts: row.attempts, now: ctx.now, random });
    await saveDeliveryState(tx, ctx.tenantId, { id: deliveryId, from: 'sending', to: state, answer: outcome.answer, nextAt });
    if (state === 'dead')
      await recordChange(ctx, tx, {
        action: 'notification.dead',
        subject: subjectOf(row),
        summary: `A message (${row.kind}, ${row.route}) was set aside after ${row.attempts} tries: ${outcome.answer}`,
        after: { deliveryId },
      });
    return { nextAt };
  });
}

/** What the audit log says that a message is about. */
export function subjectOf({ deploymentId, exemptionId }: Pick<DeliveryRow, 'deploymentId' | 'exemptionId'>): string {
  return deploymentId === null ? `exemption:${exemptionId ?? ''}` : `deployment:${deploymentId}`;
}

interface Writing {
  row: DeliveryRow;
  means: Means;
}

async function write(ctx: OperationContext, tx: Tx, { row, means }: Writing): Promise<Letter | null> {
  const found = await findNotification(tx, ctx.tenantId, row.notificationId);
  const facts = found === null ? null : await factsOf(ctx, tx, { found, means });
  if (found === null || facts === null) return null;
  if (row.route === 'email') {
    const [receiver] = await findReceivers(tx, ctx.tenantId, [row.receiverId]);
    if (receiver === undefined) return null;
    const links = await linksOf(ctx, tx, { found, row, means });
    return { route: 'email', to: receiver.email, message: renderMessage({ ...facts, links }) };
  }
  const channel = await findChannel(tx, ctx.tenantId, row.receiverId);
  if (channel === null) return null;
  const message = renderMessage(facts);
  const secret = means.sealer.open(channel.sealedSecret, channelSecretPlace(channel.id));
  return { route: 'webhook', url: channel.url, secret, message, body: bodyOf(row, { found, facts, message }) };
}

/** What a channel is sent. `text` stands on top, as chats read it. */
function bodyOf(row: DeliveryRow, { found, facts, message }: { found: NotificationRow; facts: MessageFacts; message: Message }): string {
  const { serviceName, environmentName, version, url, state, reason } = facts;
  return JSON.stringify({
    type: `flow.${found.kind}`,
    timestamp: found.createdAt.toISOString(),
    text: [message.subject, row.mentions.join(' '), url].filter((part) => part !== '').join('\n'),
    data: {
      subject: message.subject,
      text: message.text,
      mentions: row.mentions,
      deploymentId: found.deploymentId,
      approvalId: found.approvalId,
      exemptionId: found.exemptionId,
      service: serviceName,
      environment: environmentName,
      version,
      state,
      reason,
      url,
    },
  });
}

async function factsOf(
  ctx: OperationContext,
  tx: Tx,
  { found, means }: { found: NotificationRow; means: Means },
): Promise<MessageFacts | null> {
  const tenant = await findTenant(tx, ctx.tenantId);
  if (tenant === null) return null;
  const base = `${means.publicUrl}/t/${tenant.slug}`;
  const { deploymentId, exemptionId } = found;
  if (exemptionId !== null) return factsOfExemption(tx, ctx.tenantId, { found, exemptionId, base });
  return deploymentId === null ? null : factsOfDeployment(ctx, tx, { found, deploymentId, base });
}

async function factsOfDeployment(
  ctx: OperationContext,
  tx: Tx,
  { found, deploymentId, base }: { found: NotificationRow; deploymentId: string; base: string },
): Promise<MessageFacts | null> {
  const deployment = await findDeploymentWithTargets(tx, ctx.tenantId, deploymentId);
  if (deployment === null) return null;
  const asks = found.kind === 'approvalNeeded' || found.kind === 'approvalExpiring';
  const approval = found.approvalId === null || !asks ? null : await findApproval(tx, ctx.tenantId, found.approvalId);
  const requestedByName = await nameOf(tx, deployment.requestedBy);
  const { serviceName, serviceSlug, version, environmentName } = deployment;
  const isDrift = found.kind === 'driftFound';
  const page = isDrift ? `services/${serviceSlug}` : `deployments/${deploymentId}`;
  return {
    kind: found.kind,
    serviceName,
    version,
    environmentName,
    requestedByName: isDrift ? '' : requestedByName,
    state: found.state,
    reason: found.reason,
    asked: approval === null ? '' : await askedOf(ctx, tx, approval),
    policyTitle: '',
    expiresAt: approval?.expiresAt ?? null,
    url: `${base}/${approval === null ? page : `approvals?id=${approval.id}`}`,
    links: null,
  };
}

async function nameOf(tx: Tx, userId: string | null): Promise<string> {
  return (await findNames(tx, [userId])).get(userId ?? '') ?? '';
}

async function askedOf(ctx: OperationContext, tx: Tx, row: ApprovalRow): Promise<string> {
  return someOf(whoCanHelp(await loadRequest(tx, ctx.tenantId, { row, now: ctx.now }), ctx.now).map((person) => person.name));
}

/** Links for the one who is written to; none when they cannot vote any more. */
async function linksOf(
  ctx: OperationContext,
  tx: Tx,
  { found, row, means }: { found: NotificationRow } & Writing,
): Promise<MessageFacts['links']> {
  const asks = found.kind === 'approvalNeeded' || found.kind === 'approvalExpiring';
  const approval = found.approvalId === null || !asks ? null : await findApproval(tx, ctx.tenantId, found.approvalId);
  const tenant = await findTenant(tx, ctx.tenantId);
  if (approval?.state !== 'pending' || tenant === null) return null;
  const link = {
    linkId: row.id,
    approvalId: approval.id,
    userId: row.receiverId,
    hash: approval.subjectHash,
    expiresAt: approval.expiresAt.getTime(),
  };
  const addressOf = (answer: 'approve' | 'reject'): string => {
    const text = writeLink(means.sealer, ctx.tenantId, { ...link, answer });
    return `${means.publicUrl}/t/${tenant.slug}/approvals?id=${approval.id}&link=${encodeURIComponent(text)}`;
  };
  return { approveUrl: addressOf('approve'), rejectUrl: addressOf('reject') };
}
