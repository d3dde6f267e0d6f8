import { approvalMayBecome } from '@flow/core/approval';
import type { Answer, ApprovalState } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import type { Tx } from '../client/index.ts';

export interface NewApproval {
  id: string;
  deploymentId: string;
  subjectHash: string;
  requiredCount: number;
  excluded: readonly string[];
  expiresAt: Date;
  createdAt: Date;
}

/**
 * Asks for approval of one hash. A request of the same deployment for another hash begins anew: its votes were given for something else.
 * False when a request for this very hash is there already.
 */
export async function saveApprovalRequest(tx: Tx, tenantId: string, request: NewApproval): Promise<boolean> {
  const { deploymentId, id, excluded, ...fields } = request;
  const { count } = await tx.approvalRequest.createMany({
    data: [{ tenantId, id, deploymentId, state: 'pending', ...fields, excluded: [...excluded] }],
    skipDuplicates: true,
  });
  if (count === 1) return true;
  const renewed = await tx.approvalRequest.updateMany({
    where: { tenantId, deploymentId, subjectHash: { not: request.subjectHash } },
    data: { state: 'pending', ...fields, excluded: [...excluded], decidedAt: null },
  });
  if (renewed.count === 1) return true;
  await tx.approvalRequest.updateMany({
    where: { tenantId, deploymentId, requiredCount: { lt: request.requiredCount } },
    data: { requiredCount: request.requiredCount },
  });
  return false;
}

/** Locks a request until the transaction ends, so that votes on it are counted one after the other; false when there is none. */
export async function lockApproval(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM approval_request WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`;
  return rows.length === 1;
}

export interface NewVote {
  requestId: string;
  userId: string;
  answer: Answer;
  comment: string;
  shownHash: string;
  createdAt: Date;
}

/**
 * Records a vote if, in this very statement, the request is pending, not expired and for the hash that the person saw.
 * False when any of it no longer holds, or when this person has already voted on this hash.
 */
export async function claimVote(tx: Tx, tenantId: string, vote: NewVote): Promise<boolean> {
  const written = await tx.$executeRaw`
    INSERT INTO approval_vote (tenant_id, request_id, user_id, answer, comment, shown_hash, created_at)
    SELECT tenant_id, id, ${vote.userId}, ${vote.answer}, ${vote.comment}, ${vote.shownHash}, ${vote.createdAt}
    FROM approval_request
    WHERE tenant_id = ${tenantId} AND id = ${vote.requestId} AND state = 'pending' AND subject_hash = ${vote.shownHash}
      AND expires_at > ${vote.createdAt} AND NOT (${vote.userId} = ANY(excluded))
    ON CONFLICT (tenant_id, request_id, user_id) DO UPDATE
    SET answer = EXCLUDED.answer, comment = EXCLUDED.comment, shown_hash = EXCLUDED.shown_hash, created_at = EXCLUDED.created_at
    WHERE approval_vote.shown_hash <> EXCLUDED.shown_hash`;
  return written === 1;
}

/** Moves a request of this hash from one state to the next by the table; false when someone else was faster. */
export async function saveApprovalState(
  tx: Tx,
  tenantId: string,
  change: { id: string; from: ApprovalState; to: ApprovalState; subjectHash: string; decidedAt: Date | null },
): Promise<boolean> {
  if (!approvalMayBecome(change.from, change.to)) {
    throw new FlowError({ code: 'internal', message: `An approval cannot go from ${change.from} to ${change.to}` });
  }
  const { count } = await tx.approvalRequest.updateMany({
    where: { tenantId, id: change.id, state: change.from, subjectHash: change.subjectHash },
    data: { state: change.to, decidedAt: change.decidedAt },
  });
  return count === 1;
}
