import { tally } from '@flow/core/approval';
import type { VerdictContext } from '@flow/core/verdict';
import { findApprovalOfDeployment } from '@flow/db/approval';
import { findEnvironment, findService } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { listActiveInPlace } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { findVoters } from '../approval/find-voters.ts';
import { notFound } from '../context/index.ts';
import { loadGovernance } from './load-governance.ts';
import type { Asked } from './load-governance.ts';

/** A request with its place: what every look at the rules begins with. */
export interface AskedFor extends Asked {
  serviceId: string;
  environmentId: string;
}

/**
 * Loads all that the rules look at for one request, now: the same for the preview, the asking, the start and every wave. Votes of people who may no
 * longer vote do not count.
 */
export async function loadVerdictContext(reader: Tx, tenantId: string, asked: AskedFor): Promise<VerdictContext> {
  const { serviceId, environmentId, now } = asked;
  // One after the other: a transaction has one connection.
  const service = await findService(reader, tenantId, serviceId);
  if (service === null) throw notFound('service');
  const environment = await findEnvironment(reader, tenantId, environmentId);
  if (environment === null) throw notFound('environment');
  const active = await listActiveInPlace(reader, tenantId, { serviceId, environmentId });
  const names = await findNames(
    reader,
    active.map((one) => one.requestedBy),
  );
  const approval = asked.deploymentId === null ? null : await loadApproval(reader, tenantId, asked.deploymentId);
  const governance = await loadGovernance({ reader, tenantId, service, environment, asked });
  return {
    now,
    environment,
    service,
    active: active.map((one) => ({ id: one.id, state: one.state, requestedByName: names.get(one.requestedBy ?? '') ?? 'Flow' })),
    approval,
    ...(governance === undefined ? {} : { governance: withVotes(governance, approval) }),
  };
}

function withVotes(governance: NonNullable<VerdictContext['governance']>, approval: VerdictContext['approval']) {
  const approvals = { count: approval?.approvedCount ?? 0, rejected: approval?.state === 'rejected' };
  return { ...governance, facts: { ...governance.facts, approvals } };
}

async function loadApproval(reader: Tx, tenantId: string, deploymentId: string): Promise<VerdictContext['approval']> {
  const approval = await findApprovalOfDeployment(reader, tenantId, deploymentId);
  if (approval === null) return null;
  const voters = await findVoters(reader, tenantId, approval);
  const { approvedCount } = tally(approval, approval.votes, voters);
  return { approvedCount, subjectHash: approval.subjectHash, state: approval.state };
}
