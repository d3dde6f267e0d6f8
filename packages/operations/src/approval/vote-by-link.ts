import { FlowError } from '@flow/core/fault';
import { findApproval } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import { claimLink, isLinkUsed } from '@flow/db/notification';
import { z } from 'zod';
import { notFound, parseInput, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { readLink } from '../notification/approval-link.ts';
import type { ApprovalLink } from '../notification/approval-link.ts';
import type { Sealer } from '../secret/index.ts';
import { castVote, refuseSilentRejection, voteInput } from './vote.ts';
import type { VoteOutcome } from './vote.ts';

export const voteByLinkInput = z.strictObject({
  /** The text of the link in a message. */
  link: z.string().min(1).max(2_000),
  comment: voteInput.shape.comment,
});

/** The answer that a link in a message stands for, given by the person it was sent to, who is logged in and has confirmed it. Each link works once. */
export async function voteByLink(ctx: OperationContext, input: z.input<typeof voteByLinkInput>, sealer: Sealer): Promise<VoteOutcome> {
  requireRight(ctx, 'approval:read');
  const { userId } = requirePerson(ctx);
  const { link: text, comment } = parseInput(voteByLinkInput, input);
  const link = readLink(sealer, ctx.tenantId, text);
  const given = { approvalId: link.approvalId, answer: link.answer, comment, shownHash: link.hash, userId };
  refuseSilentRejection(given);
  return inTransaction(ctx.db, async (tx) => {
    const problem = whyLinkIsClosed(link, { userId, now: ctx.now });
    if (problem !== '') throw new FlowError({ code: 'precondition', message: problem });
    const outcome = await castVote(ctx, tx, given);
    if (await claimLink(tx, ctx.tenantId, { linkId: link.linkId, usedBy: userId, usedAt: ctx.now })) return outcome;
    throw new FlowError({ code: 'precondition', message: linkWasUsed });
  });
}

export const openLinkInput = z.strictObject({ link: voteByLinkInput.shape.link });

/** What a link stands for, and why it does not work any more; empty when it does. */
export interface OpenedLink {
  approvalId: string;
  answer: 'approve' | 'reject';
  shownHash: string;
  whyNot: string;
}

/** Opens a link without using it. */
export async function openLink(ctx: OperationContext, input: z.input<typeof openLinkInput>, sealer: Sealer): Promise<OpenedLink> {
  requireRight(ctx, 'approval:read');
  const { userId } = requirePerson(ctx);
  const link = readLink(sealer, ctx.tenantId, parseInput(openLinkInput, input).link);
  const row = await findApproval(ctx.db.prisma, ctx.tenantId, link.approvalId);
  if (row === null) throw notFound('approval');
  const isUsed = await isLinkUsed(ctx.db.prisma, ctx.tenantId, link.linkId);
  const closed = whyLinkIsClosed(link, { userId, now: ctx.now });
  const changed =
    row.subjectHash === link.hash ? '' : 'What would be deployed has changed since this link was sent: decide on what is shown';
  return { approvalId: row.id, answer: link.answer, shownHash: link.hash, whyNot: closed || (isUsed ? linkWasUsed : changed) };
}

const linkWasUsed = 'This link was used: each works once';

function whyLinkIsClosed(link: ApprovalLink, { userId, now }: { userId: string; now: Date }): string {
  if (link.userId !== userId) return 'This link was sent to somebody else: decide on the request itself, if you may';
  return now.getTime() >= link.expiresAt ? 'This link has run out' : '';
}
