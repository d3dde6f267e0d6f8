import { findApproval, findApprovalOfDeployment, saveApprovalState } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

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

/** Ends a pending request whose time is over; called early it does nothing and says when to come again. */
export async function expireApproval(ctx: OperationContext, input: z.input<typeof expireApprovalInput>): Promise<{ again: Date | null }> {
  requireSystem(ctx);
  const { approvalId } = parseInput(expireApprovalInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const approval = await findApproval(tx, ctx.tenantId, approvalId);
    if (approval?.state !== 'pending') return { again: null };
    if (approval.expiresAt > ctx.now) return { again: approval.expiresAt };
    await recordEnd(ctx, tx, { approval, to: 'expired', summary: 'Nobody decided in time: the request for approval has expired' });
    return { again: null };
  });
}

async function recordEnd(
  ctx: OperationContext,
  tx: Tx,
  end: { approval: ApprovalRow; to: 'superseded' | 'expired'; summary: string },
): Promise<void> {
  const { id, deploymentId, subjectHash } = end.approval;
  if (!(await saveApprovalState(tx, ctx.tenantId, { id, from: 'pending', to: end.to, subjectHash, decidedAt: ctx.now }))) return;
  await wake(tx, { kind: 'deployment', key: deploymentId, tenantId: ctx.tenantId, runAt: ctx.now });
  await recordChange(ctx, tx, {
    action: `approval.${end.to}`,
    subject: `deployment:${deploymentId}`,
    summary: end.summary,
    after: { approvalId: id, state: end.to },
    event: { type: 'approval.changed', topics: [`deployment:${deploymentId}`], data: { approvalId: id, deploymentId, state: end.to } },
  });
}
