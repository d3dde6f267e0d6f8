import { claimReminder, findApproval, findApprovalOfDeployment, saveApprovalState } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { tellDecided, tellExpiring } from '../notification/tell.ts';

export const closeApprovalInput = z.strictObject({ deploymentId: z.string().min(1).max(64) });
export const expireApprovalInput = z.strictObject({ approvalId: z.string().min(1).max(64) });

/** Ends a pending request whose deployment was withdrawn or overtaken. Nothing happens when it has already ended. */
export async function closeApproval(ctx: OperationContext, input: z.input<typeof closeApprovalInput>): Promise<void> {
  requireSystem(ctx);
  const { deploymentId } = parseInput(closeApprovalInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const approval = await findApprovalOfDeployment(tx, ctx.tenantId, deploymentId);
    if (approval?.state === 'pending')
      await recordEnd(ctx, tx, { approval, to: 'superseded', summary: 'The request for approval ended with its deployment' });
  });
}

/** Ends a pending request whose time is over. Called early it says when to come again; when the time of the reminder has come, it reminds, once. */
export async function expireApproval(ctx: OperationContext, input: z.input<typeof expireApprovalInput>): Promise<{ again: Date | null }> {
  requireSystem(ctx);
  const { approvalId } = parseInput(expireApprovalInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const approval = await findApproval(tx, ctx.tenantId, approvalId);
    if (approval?.state !== 'pending') return { again: null };
    if (approval.expiresAt > ctx.now) return { again: await remind(ctx, tx, approval) };
    await recordEnd(ctx, tx, { approval, to: 'expired', summary: 'Nobody decided in time: the request for approval has expired' });
    return { again: null };
  });
}

/** Reminds when the time for it has come, once; the time of the next look. */
async function remind(ctx: OperationContext, tx: Tx, approval: ApprovalRow): Promise<Date> {
  const { id, remindAt, expiresAt } = approval;
  if (remindAt === null) return expiresAt;
  if (remindAt > ctx.now) return remindAt;
  if (await claimReminder(tx, ctx.tenantId, id)) await tellExpiring(ctx, tx, approval);
  return expiresAt;
}

async function recordEnd(
  ctx: OperationContext,
  tx: Tx,
  end: { approval: ApprovalRow; to: 'superseded' | 'expired'; summary: string },
): Promise<void> {
  const { id, deploymentId, subjectHash } = end.approval;
  if (!(await saveApprovalState(tx, ctx.tenantId, { id, from: 'pending', to: end.to, subjectHash, decidedAt: ctx.now }))) return;
  await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
  if (end.to === 'expired') await tellDecided(ctx, tx, { row: end.approval, state: end.to, reason: '' });
  await recordChange(ctx, tx, {
    action: `approval.${end.to}`,
    subject: `deployment:${deploymentId}`,
    summary: end.summary,
    after: { approvalId: id, state: end.to },
    event: { type: 'approval.changed', topics: [`deployment:${deploymentId}`], data: { approvalId: id, deploymentId, state: end.to } },
  });
}
