import { answer, approvalState } from '@flow/core/approval';
import type { Answer, ApprovalState } from '@flow/core/approval';
import type { Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

export interface VoteRow {
  userId: string;
  answer: Answer;
  comment: string;
  shownHash: string;
  createdAt: Date;
}

/** A row of the inbox. */
export interface ApprovalRow {
  id: string;
  deploymentId: string;
  state: ApprovalState;
  subjectHash: string;
  requiredCount: number;
  excluded: string[];
  expiresAt: Date;
  createdAt: Date;
  decidedAt: Date | null;
  requestedBy: string | null;
  serviceSlug: string;
  serviceName: string;
  environmentSlug: string;
  environmentName: string;
  version: string;
  commitMessage: string;
  votes: VoteRow[];
}

const approvalSelect = {
  id: true,
  deploymentId: true,
  state: true,
  subjectHash: true,
  requiredCount: true,
  excluded: true,
  expiresAt: true,
  createdAt: true,
  decidedAt: true,
  votes: {
    select: { userId: true, answer: true, comment: true, shownHash: true, createdAt: true },
    orderBy: { createdAt: 'asc' as const },
  },
  deployment: {
    select: {
      requestedBy: true,
      service: { select: { slug: true, name: true } },
      environment: { select: { slug: true, name: true } },
      artifact: { select: { version: true, commitMessage: true } },
    },
  },
} as const;

type OfDeployment = 'requestedBy' | 'serviceSlug' | 'serviceName' | 'environmentSlug' | 'environmentName' | 'version' | 'commitMessage';

interface Stored extends Omit<ApprovalRow, 'state' | 'votes' | OfDeployment> {
  state: string;
  votes: (Omit<VoteRow, 'answer'> & { answer: string })[];
  deployment: {
    requestedBy: string | null;
    service: { slug: string; name: string };
    environment: { slug: string; name: string };
    artifact: { version: string; commitMessage: string };
  };
}

function toApproval({ deployment, votes, state, ...row }: Stored): ApprovalRow {
  return {
    ...row,
    state: approvalState.parse(state),
    votes: votes.map((vote) => ({ ...vote, answer: answer.parse(vote.answer) })),
    requestedBy: deployment.requestedBy,
    serviceSlug: deployment.service.slug,
    serviceName: deployment.service.name,
    environmentSlug: deployment.environment.slug,
    environmentName: deployment.environment.name,
    ...deployment.artifact,
  };
}

/** Requests of the tenant in one of the states, newest first. */
export async function listApprovals(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { states: readonly ApprovalState[] },
): Promise<Page<ApprovalRow>> {
  const rows = await reader.approvalRequest.findMany({
    where: { tenantId, state: { in: [...query.states] }, ...createdBefore(query.cursor) },
    select: approvalSelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows.map(toApproval), query.limit, (row) => row.createdAt);
}

/** One request, or null. */
export async function findApproval(reader: Tx, tenantId: string, id: string): Promise<ApprovalRow | null> {
  const row = await reader.approvalRequest.findUnique({ where: { tenantId_id: { tenantId, id } }, select: approvalSelect });
  return row === null ? null : toApproval(row);
}

/** The request of a deployment, or null when none was needed. */
export async function findApprovalOfDeployment(reader: Tx, tenantId: string, deploymentId: string): Promise<ApprovalRow | null> {
  const row = await reader.approvalRequest.findUnique({
    where: { tenantId_deploymentId: { tenantId, deploymentId } },
    select: approvalSelect,
  });
  return row === null ? null : toApproval(row);
}
