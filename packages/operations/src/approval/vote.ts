import { answer, mayVote, tally } from '@flow/core/approval';
import type { ApprovalState, Tally } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { claimVote, findApproval, lockApproval, saveApprovalState } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { findVoters } from './find-voters.ts';

export const voteInput = z.strictObject({
  approvalId: z.string().min(1).max(64),
  answer,
  comment: z.string().trim().max(2_000).default(''),
  /** The hash that was shown to the person: the vote is on this and nothing else. */
  shownHash: z.string().min(1).max(200),
});
type VoteInput = z.output<typeof voteInput>;

/**
 * Records a person's vote on exactly what they saw and counts the votes anew. The check and the vote are one statement under the request's lock:
 * of a vote and a change of content, or of two votes at once, the database decides which comes first.
 */
export async function vote(
  ctx: OperationContext,
  input: z.input<typeof voteInput>,
): Promise<{ state: ApprovalState; missingCount: number }> {
  requireRight(ctx, 'approval:vote');
  const person = requirePerson(ctx);
  const given = parseInput(voteInput, input);
  return inTransaction(ctx.db, async (tx) => {
    if (!(await lockApproval(tx, ctx.tenantId, given.approvalId))) throw notFound('approval');
    const before = await findApproval(tx, ctx.tenantId, given.approvalId);
    if (before === null) throw notFound('approval');
    refuse(mayVote(before, { userId: person.userId, answer: given.answer, shownHash: given.shownHash }, ctx.now));
    await claim(ctx, tx, { ...given, userId: person.userId });
    const counted = await count(ctx, tx, given.approvalId);
    if (counted.state !== 'pending') await settle(ctx, tx, { request: before, counted });
    await record(ctx, tx, { request: before, given, counted });
    return { state: counted.state, missingCount: counted.missingCount };
  });
}

function refuse(may: ReturnType<typeof mayVote>): void {
  if (!may.ok) throw new FlowError({ code: 'precondition', message: may.reason });
}

async function claim(ctx: OperationContext, tx: Tx, given: VoteInput & { userId: string }): Promise<void> {
  const { approvalId, answer: said, comment, shownHash, userId } = given;
  const isRecorded = await claimVote(tx, ctx.tenantId, {
    requestId: approvalId,
    userId,
    answer: said,
    comment,
    shownHash,
    createdAt: ctx.now,
  });
  if (!isRecorded)
    throw new FlowError({ code: 'conflict', message: 'You have voted on this already, or it has changed since you looked: look again' });
}

async function count(ctx: OperationContext, tx: Tx, approvalId: string): Promise<Tally> {
  const request = await findApproval(tx, ctx.tenantId, approvalId);
  if (request === null) throw notFound('approval');
  const voters = await findVoters(tx, ctx.tenantId, request);
  return tally(request, request.votes, voters);
}

async function settle(ctx: OperationContext, tx: Tx, { request, counted }: { request: ApprovalRow; counted: Tally }): Promise<void> {
  const { id, subjectHash, deploymentId } = request;
  const isSaved = await saveApprovalState(tx, ctx.tenantId, { id, from: 'pending', to: counted.state, subjectHash, decidedAt: ctx.now });
  if (!isSaved) throw new FlowError({ code: 'conflict', message: 'It was decided at this very moment: look again' });
  await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
}

async function record(
  ctx: OperationContext,
  tx: Tx,
  { request, given, counted }: { request: ApprovalRow; given: VoteInput; counted: Tally },
): Promise<void> {
  const said = given.answer === 'approve' ? 'Approved' : 'Rejected';
  const { deploymentId, id } = request;
  await recordChange(ctx, tx, {
    action: 'approval.vote',
    subject: `deployment:${deploymentId}`,
    summary: `${said} ${request.serviceName} ${request.version} for ${request.environmentName}${given.comment === '' ? '' : `: ${given.comment}`}`,
    after: { approvalId: id, answer: given.answer, shownHash: given.shownHash, state: counted.state },
    event: {
      type: 'approval.changed',
      topics: [`deployment:${deploymentId}`],
      data: { approvalId: id, deploymentId, state: counted.state, missingCount: counted.missingCount },
    },
  });
}
