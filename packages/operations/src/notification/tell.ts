import { standingOf } from '@flow/core/approval';
import type { ApprovalState, Request } from '@flow/core/approval';
import type { ApprovalRow } from '@flow/db/approval';
import type { Tx } from '@flow/db/client';
import { insertNotification } from '@flow/db/notification';
import type { OperationContext } from '../context/index.ts';

type Told = Pick<ApprovalRow, 'id' | 'deploymentId' | 'subjectHash'>;

/** Names what is told of one request for one content. */
export function needKey({ id, subjectHash }: Pick<ApprovalRow, 'id' | 'subjectHash'>): string {
  return `approval/${id}/${subjectHash}/needed`;
}

/** Those who are asked now are told, once for each stage that has come. */
export async function tellNeeded(ctx: OperationContext, tx: Tx, { row, request }: { row: Told; request: Request }): Promise<void> {
  const { policies } = standingOf(request.demand, request.ballot, request.electorate);
  const stages = policies.map(
    ({ policyId, groups }) => `${policyId}:${Math.max(...groups.filter((one) => one.isAsked).map((one) => one.stage))}`,
  );
  await insert(ctx, tx, { row, kind: 'approvalNeeded', key: `${needKey(row)}/${stages.join()}` });
}

/** Those who can still help are told again, and the admins of the tenant with them. */
export async function tellExpiring(ctx: OperationContext, tx: Tx, row: Told): Promise<void> {
  await insert(ctx, tx, { row, kind: 'approvalExpiring', key: `approval/${row.id}/${row.subjectHash}/expiring` });
}

/** Whoever asked is told what became of it. */
export async function tellDecided(
  ctx: OperationContext,
  tx: Tx,
  { row, state, reason }: { row: Told; state: ApprovalState; reason: string },
): Promise<void> {
  await insert(ctx, tx, { row, kind: 'approvalDecided', key: `approval/${row.id}/${row.subjectHash}/${state}`, state, reason });
}

async function insert(
  ctx: OperationContext,
  tx: Tx,
  told: { row: Told; kind: 'approvalNeeded' | 'approvalExpiring' | 'approvalDecided'; key: string; state?: string; reason?: string },
): Promise<void> {
  const { row, kind, key, state = '', reason = '' } = told;
  const { deploymentId, id: approvalId } = row;
  await insertNotification(tx, ctx.tenantId, { id: ctx.newId(), kind, key, deploymentId, approvalId, state, reason, createdAt: ctx.now });
}
