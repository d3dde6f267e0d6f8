import { approvalMayBecome } from '@flow/core/approval';
import type { Answer, ApprovalState } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import type { Tx } from '../client/index.ts';
import type { Prisma } from '../generated/client.ts';

export interface NewApproval {
  id: string;
  deploymentId: string;
  subjectHash: string;
  requiredCount: number;
  /** Ids of the approval policies that ask people. */
  policyIds: readonly string[];
  excluded: readonly string[];
  expiresAt: Date;
  remindAt: Date | null;
  createdAt: Date;
}

/**
 * Asks for approval of one hash. A request of the same deployment for another hash begins anew: its votes were given for something else.
 * False when a request for this very hash is there already.
 */
export async function saveApprovalRequest(tx: Tx, tenantId: string, request: NewApproval): Promise<boolean> {
  const { deploymentId, id, excluded, policyIds, ...given } = request;
  const fields = { ...given, excluded: [...excluded], policyIds: [...policyIds], state: 'pending', autoReason: '' };
  const { count } = await tx.approvalRequest.createMany({ data: [{ tenantId, id, deploymentId, ...fields }], skipDuplicates: true });
  if (count === 1) return true;
  const renewed = await tx.approvalRequest.updateMany({
    where: { tenantId, deploymentId, subjectHash: { not: request.subjectHash } },
    data: { ...fields, decidedAt: null, usedAt: null },
  });
  if (renewed.count === 1) return true;
  await tx.approvalRequest.updateMany({
    where: { tenantId, deploymentId, subjectHash: request.subjectHash, state: { in: ['pending', 'approved'] } },
    data: { requiredCount: request.requiredCount, policyIds: [...policyIds] },
  });
  return false;
}

/** Keeps what a hash stands for, once: what has changed since a vote is told from it. */
export async function saveApprovalSubject(
  tx: Tx,
  tenantId: string,
  subject: { deploymentId: string; hash: string; content: Prisma.InputJsonObject; createdAt: Date },
): Promise<void> {
  await tx.approvalSubject.createMany({ data: [{ tenantId, ...subject }], skipDuplicates: true });
}

/** What a hash stood for; undefined when it was never asked for. */
export async function findApprovalSubject(reader: Tx, tenantId: string, subject: { deploymentId: string; hash: string }): Promise<unknown> {
  const { deploymentId, hash } = subject;
  const row = await reader.approvalSubject.findUnique({
    where: { tenantId_deploymentId_hash: { tenantId, deploymentId, hash } },
    select: { content: true },
  });
  return row?.content;
}

/** Holds a deployment until the transaction ends, if what it would install is still this. */
export async function holdContent(tx: Tx, tenantId: string, content: { deploymentId: string; subjectHash: string }): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM deployment
    WHERE tenant_id = ${tenantId} AND id = ${content.deploymentId} AND snapshot_hash = ${content.subjectHash} FOR UPDATE`;
  return rows.length === 1;
}

/** Marks an approved request as used by the start of its deployment. False when it is not approved for this hash, or was used. */
export async function claimApproval(
  tx: Tx,
  tenantId: string,
  claim: { deploymentId: string; subjectHash: string; usedAt: Date },
): Promise<boolean> {
  const { deploymentId, subjectHash, usedAt } = claim;
  const { count } = await tx.approvalRequest.updateMany({
    where: { tenantId, deploymentId, subjectHash, state: 'approved', usedAt: null },
    data: { usedAt },
  });
  return count === 1;
}

/** Takes a vote back while its request is pending for the hash that it was given on. False when it no longer stands. */
export async function withdrawVote(
  tx: Tx,
  tenantId: string,
  vote: { requestId: string; userId: string; subjectHash: string; withdrawnAt: Date },
): Promise<boolean> {
  const { requestId, userId, subjectHash, withdrawnAt } = vote;
  const { count } = await tx.approvalVote.updateMany({
    where: { tenantId, requestId, userId, shownHash: subjectHash, withdrawnAt: null, request: { state: 'pending', subjectHash } },
    data: { withdrawnAt },
  });
  return count === 1;
}

/** Puts the reminder of a request behind it; false when that was done before. */
export async function claimReminder(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const { count } = await tx.approvalRequest.updateMany({
    where: { tenantId, id, state: 'pending', remindAt: { not: null } },
    data: { remindAt: null },
  });
  return count === 1;
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
    SET answer = EXCLUDED.answer, comment = EXCLUDED.comment, shown_hash = EXCLUDED.shown_hash, created_at = EXCLUDED.created_at,
        withdrawn_at = NULL
    WHERE approval_vote.shown_hash <> EXCLUDED.shown_hash OR approval_vote.withdrawn_at IS NOT NULL`;
  return written === 1;
}

/**
 * Moves a request of this hash from one state to the next by the table; false when someone else was faster. One by which a deployment has started is not
 * opened again.
 */
export async function saveApprovalState(
  tx: Tx,
  tenantId: string,
  change: { id: string; from: ApprovalState; to: ApprovalState; subjectHash: string; decidedAt: Date | null; autoReason?: string },
): Promise<boolean> {
  if (!approvalMayBecome(change.from, change.to)) {
    throw new FlowError({ code: 'internal', message: `An approval cannot go from ${change.from} to ${change.to}` });
  }
  const { count } = await tx.approvalRequest.updateMany({
    where: {
      tenantId,
      id: change.id,
      state: change.from,
      subjectHash: change.subjectHash,
      ...(change.to === 'pending' ? { usedAt: null } : {}),
    },
    data: {
      state: change.to,
      decidedAt: change.decidedAt,
      ...(change.autoReason === undefined ? {} : { autoReason: change.autoReason }),
    },
  });
  return count === 1;
}
