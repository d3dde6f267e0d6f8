import { answer, approvalAbilities, outcomeOf, missingIn, standingOf } from '@flow/core/approval';
import type { ApprovalAction, ApprovalState, Request } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { claimVote, findApproval, lockApproval, saveApprovalState, withdrawVote as saveWithdrawal } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { tellDecided, tellNeeded } from '../notification/tell.ts';
import { loadRequest } from './load-requests.ts';

const id = z.string().min(1).max(64);

export const voteInput = z.strictObject({
  approvalId: id,
  answer,
  /** Why; a rejection needs one. */
  comment: z.string().trim().max(2_000).default(''),
  /** The hash that was shown to the person: the vote is on this and nothing else. */
  shownHash: z.string().min(1).max(200),
});
type VoteInput = z.output<typeof voteInput>;

export interface VoteOutcome {
  state: ApprovalState;
  missingCount: number;
}

/**
 * Records a person's vote on exactly what they saw and counts the votes anew. Who may vote is said by the policies of the request, so no right but to
 * read is asked for here. The check and the vote are one statement under the request's lock: of a vote and a change of content, or of two votes at
 * once, the database decides which comes first.
 */
export async function vote(ctx: OperationContext, input: z.input<typeof voteInput>): Promise<VoteOutcome> {
  requireRight(ctx, 'approval:read');
  const person = requirePerson(ctx);
  const given = parseInput(voteInput, input);
  refuseSilentRejection(given);
  return inTransaction(ctx.db, (tx) => castVote(ctx, tx, { ...given, userId: person.userId }));
}

/** Gives the vote of a person in a transaction: checks, writes, counts, settles, tells, records. */
export async function castVote(ctx: OperationContext, tx: Tx, given: VoteInput & { userId: string }): Promise<VoteOutcome> {
  const before = await loadLocked(ctx, tx, given.approvalId);
  refuseOther(before, given.shownHash);
  await refuseNotOpen(ctx, tx, { row: before, action: given.answer, userId: given.userId });
  await claim(ctx, tx, given);
  const counted = await count(ctx, tx, given.approvalId);
  if (counted.state === 'pending') await tellNeeded(ctx, tx, { row: before, request: counted.request });
  else await settle(ctx, tx, { request: before, state: counted.state, comment: given.comment });
  await recordVote(ctx, tx, { request: before, given, counted });
  return outcomeOfCount(counted);
}

function outcomeOfCount({ state, missingCount }: Counted): VoteOutcome {
  return { state, missingCount };
}

export const withdrawVoteInput = z.strictObject({ approvalId: id });

/** Takes a person's vote back while the request is pending; they may vote again. */
export async function withdrawVote(ctx: OperationContext, input: z.input<typeof withdrawVoteInput>): Promise<VoteOutcome> {
  requireRight(ctx, 'approval:read');
  const { userId } = requirePerson(ctx);
  const { approvalId } = parseInput(withdrawVoteInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const before = await loadLocked(ctx, tx, approvalId);
    await refuseNotOpen(ctx, tx, { row: before, action: 'withdraw', userId });
    const { subjectHash, deploymentId } = before;
    if (!(await saveWithdrawal(tx, ctx.tenantId, { requestId: approvalId, userId, subjectHash, withdrawnAt: ctx.now })))
      throw new FlowError({ code: 'conflict', message: 'It was decided at this very moment: look again' });
    const counted = await count(ctx, tx, approvalId);
    await recordChange(ctx, tx, {
      action: 'approval.withdrawVote',
      subject: `deployment:${deploymentId}`,
      summary: `Took back the vote on ${before.serviceName} ${before.version} for ${before.environmentName}`,
      after: { approvalId, state: counted.state },
      event: changed(before, counted),
    });
    return outcomeOfCount(counted);
  });
}

/** A rejection says why. */
export function refuseSilentRejection({ answer: said, comment }: Pick<VoteInput, 'answer' | 'comment'>): void {
  if (said === 'approve' || comment !== '') return;
  const fields = [{ path: 'comment', message: 'say why: the requester reads it' }];
  throw new FlowError({ code: 'invalid', message: 'A rejection says why', fields });
}

async function loadLocked(ctx: OperationContext, tx: Tx, approvalId: string): Promise<ApprovalRow> {
  const row = (await lockApproval(tx, ctx.tenantId, approvalId)) ? await findApproval(tx, ctx.tenantId, approvalId) : null;
  if (row === null) throw notFound('approval');
  return row;
}

function refuseOther({ subjectHash }: ApprovalRow, shownHash: string): void {
  if (subjectHash === shownHash) return;
  const message = 'What would be deployed has changed since you looked: look again and decide on that';
  throw new FlowError({ code: 'precondition', message });
}

interface Acting {
  row: ApprovalRow;
  action: ApprovalAction;
  userId: string;
}

async function refuseNotOpen(ctx: OperationContext, tx: Tx, { row, action, userId }: Acting): Promise<void> {
  const request: Request = await loadRequest(tx, ctx.tenantId, { row, now: ctx.now });
  const ability = approvalAbilities(request, userId, ctx.now).find((one) => one.action === action);
  if (ability?.allowed !== true) throw new FlowError({ code: 'precondition', message: ability?.why ?? 'This cannot be done' });
}

async function claim(ctx: OperationContext, tx: Tx, given: VoteInput & { userId: string }): Promise<void> {
  const { approvalId, ...said } = given;
  if (await claimVote(tx, ctx.tenantId, { requestId: approvalId, createdAt: ctx.now, ...said })) return;
  throw new FlowError({ code: 'conflict', message: 'You have voted on this already, or it has changed since you looked: look again' });
}

interface Counted extends VoteOutcome {
  request: Request;
}

async function count(ctx: OperationContext, tx: Tx, approvalId: string): Promise<Counted> {
  const row = await findApproval(tx, ctx.tenantId, approvalId);
  if (row === null) throw notFound('approval');
  const request = await loadRequest(tx, ctx.tenantId, { row, now: ctx.now });
  const standing = standingOf(request.demand, request.ballot, request.electorate);
  return { state: outcomeOf(standing), missingCount: missingIn(standing), request };
}

async function settle(
  ctx: OperationContext,
  tx: Tx,
  { request, state, comment }: { request: ApprovalRow; state: ApprovalState; comment: string },
): Promise<void> {
  const { id: approvalId, subjectHash, deploymentId } = request;
  const change = { id: approvalId, from: 'pending' as const, to: state, subjectHash, decidedAt: ctx.now };
  if (!(await saveApprovalState(tx, ctx.tenantId, change)))
    throw new FlowError({ code: 'conflict', message: 'It was decided at this very moment: look again' });
  await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
  await tellDecided(ctx, tx, { row: request, state, reason: comment });
}

async function recordVote(
  ctx: OperationContext,
  tx: Tx,
  { request, given, counted }: { request: ApprovalRow; given: VoteInput; counted: VoteOutcome },
): Promise<void> {
  const said = given.answer === 'approve' ? 'Approved' : counted.state === 'rejected' ? 'Rejected' : 'Objected to';
  await recordChange(ctx, tx, {
    action: 'approval.vote',
    subject: `deployment:${request.deploymentId}`,
    summary: `${said} ${request.serviceName} ${request.version} for ${request.environmentName}${given.comment === '' ? '' : `: ${given.comment}`}`,
    after: { approvalId: request.id, answer: given.answer, shownHash: given.shownHash, state: counted.state },
    event: changed(request, counted),
  });
}

function changed({ id: approvalId, deploymentId }: ApprovalRow, { state, missingCount }: VoteOutcome) {
  const topics = [`deployment:${deploymentId}`];
  return { type: 'approval.changed' as const, topics, data: { approvalId, deploymentId, state, missingCount } };
}
