import { answer, approvalState } from '@flow/core/approval';
import type { Answer, ApprovalState, Ballot } from '@flow/core/approval';
import type { Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

export interface VoteRow {
  userId: string;
  answer: Answer;
  comment: string;
  shownHash: string;
  createdAt: Date;
  withdrawnAt: Date | null;
}

/** A row of the inbox. */
export interface ApprovalRow {
  id: string;
  deploymentId: string;
  state: ApprovalState;
  subjectHash: string;
  requiredCount: number;
  /** Ids of the approval policies that ask people. */
  policyIds: string[];
  autoReason: string;
  excluded: string[];
  expiresAt: Date;
  createdAt: Date;
  decidedAt: Date | null;
  remindAt: Date | null;
  usedAt: Date | null;
  kind: string;
  serviceId: string;
  environmentId: string;
  requestedBy: string | null;
  serviceSlug: string;
  serviceName: string;
  /** E-mail of a person or name of a group; empty when nobody is named. */
  serviceOwner: string;
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
  policyIds: true,
  autoReason: true,
  remindAt: true,
  usedAt: true,
  excluded: true,
  expiresAt: true,
  createdAt: true,
  decidedAt: true,
  votes: {
    select: { userId: true, answer: true, comment: true, shownHash: true, createdAt: true, withdrawnAt: true },
    orderBy: { createdAt: 'asc' as const },
  },
  deployment: {
    select: {
      requestedBy: true,
      kind: true,
      serviceId: true,
      environmentId: true,
      service: { select: { slug: true, name: true, owner: true } },
      environment: { select: { slug: true, name: true } },
      artifact: { select: { version: true, commitMessage: true } },
    },
  },
} as const;

type OfDeployment =
  | 'kind'
  | 'serviceId'
  | 'environmentId'
  | 'requestedBy'
  | 'serviceOwner'
  | 'serviceSlug'
  | 'serviceName'
  | 'environmentSlug'
  | 'environmentName'
  | 'version'
  | 'commitMessage';

interface Stored extends Omit<ApprovalRow, 'state' | 'votes' | OfDeployment> {
  state: string;
  votes: (Omit<VoteRow, 'answer'> & { answer: string })[];
  deployment: {
    requestedBy: string | null;
    kind: string;
    serviceId: string;
    environmentId: string;
    service: { slug: string; name: string; owner: string };
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
    kind: deployment.kind,
    serviceId: deployment.serviceId,
    environmentId: deployment.environmentId,
    serviceSlug: deployment.service.slug,
    serviceName: deployment.service.name,
    serviceOwner: deployment.service.owner,
    environmentSlug: deployment.environment.slug,
    environmentName: deployment.environment.name,
    ...deployment.artifact,
  };
}

/** What votes are counted on. */
export function ballotOf(row: ApprovalRow): Ballot {
  const votes = row.votes.map(({ createdAt, ...vote }) => ({ ...vote, givenAt: createdAt }));
  const { state, subjectHash, excluded, expiresAt } = row;
  return { state, subjectHash, excluded, expiresAt, votes, isUsed: row.usedAt !== null };
}

export interface ApprovalFilter {
  states: readonly ApprovalState[];
  serviceId?: string | undefined;
  environmentId?: string | undefined;
}

/** Requests of the tenant in one of the states, newest first. */
export async function listApprovals(reader: Tx, tenantId: string, query: PageQuery & ApprovalFilter): Promise<Page<ApprovalRow>> {
  const { serviceId, environmentId } = query;
  const place = { ...(serviceId === undefined ? {} : { serviceId }), ...(environmentId === undefined ? {} : { environmentId }) };
  const rows = await reader.approvalRequest.findMany({
    where: {
      tenantId,
      state: { in: [...query.states] },
      ...(Object.keys(place).length === 0 ? {} : { deployment: { tenantId, ...place } }),
      ...createdBefore(query.cursor),
    },
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

/** How many of these are requests of the tenant. */
export function countApprovals(reader: Tx, tenantId: string, ids: readonly string[]): Promise<number> {
  return reader.approvalRequest.count({ where: { tenantId, id: { in: [...ids] } } });
}

/** The request of a deployment, or null when none was needed. */
export async function findApprovalOfDeployment(reader: Tx, tenantId: string, deploymentId: string): Promise<ApprovalRow | null> {
  const row = await reader.approvalRequest.findUnique({
    where: { tenantId_deploymentId: { tenantId, deploymentId } },
    select: approvalSelect,
  });
  return row === null ? null : toApproval(row);
}

/** The newest yes of a person to another content for the same service in the same place: on this request before it changed, or on an earlier one. */
export async function findEarlierYes(
  reader: Tx,
  tenantId: string,
  about: { userId: string; serviceId: string; environmentId: string; notHash: string },
): Promise<{ deploymentId: string; hash: string; givenAt: Date } | null> {
  const { userId, serviceId, environmentId, notHash } = about;
  const row = await reader.approvalVote.findFirst({
    where: {
      tenantId,
      userId,
      answer: 'approve',
      withdrawnAt: null,
      shownHash: { not: notHash },
      request: { deployment: { tenantId, serviceId, environmentId } },
    },
    select: { shownHash: true, createdAt: true, request: { select: { deploymentId: true } } },
    orderBy: { createdAt: 'desc' },
  });
  return row === null ? null : { deploymentId: row.request.deploymentId, hash: row.shownHash, givenAt: row.createdAt };
}
