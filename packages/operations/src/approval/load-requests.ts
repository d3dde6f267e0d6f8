import { approversOf } from '@flow/core/approval';
import type { ApprovalPolicy, Request } from '@flow/core/approval';
import { matchesScope } from '@flow/core/rule';
import type { Place } from '@flow/core/rule';
import { ballotOf } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import type { Tx } from '@flow/db/client';
import { findCodeOwners } from '@flow/db/deployment';
import { listPoliciesInForce } from '@flow/db/policy';
import { toPolicy } from '../policy/parse-policy.ts';
import { loadElectorate, withCodeOwners } from './load-electorate.ts';

/** Requests with all that says who may do what, by id: a handful of queries for a whole page. */
export async function loadRequests(
  reader: Tx,
  tenantId: string,
  about: { rows: readonly ApprovalRow[]; now: Date },
): Promise<Map<string, Request>> {
  const { rows, now } = about;
  if (rows.length === 0) return new Map();
  const wanted = new Set(rows.flatMap((row) => row.policyIds));
  const policies = await findApprovalPolicies(reader, tenantId, wanted);
  const ballots = rows.map(ballotOf);
  const electorate = await loadElectorate(reader, tenantId, { policies, ballots, now, isWhole: true });
  const owners = await findCodeOwners(
    reader,
    tenantId,
    rows.map((row) => row.deploymentId),
  );
  const requests = new Map<string, Request>();
  for (const row of rows) {
    const own = policies.filter((policy) => row.policyIds.includes(policy.id));
    const given = { electorate, policies: own, codeOwners: owners.get(row.deploymentId) ?? null, owner: row.serviceOwner };
    requests.set(row.id, {
      demand: { count: row.requiredCount, policies: own },
      ballot: ballotOf(row),
      electorate: await withCodeOwners(reader, tenantId, given),
    });
  }
  return requests;
}

/** The approval policies of these ids that are in force now; one that was archived or switched off asks nobody any more. */
export async function findApprovalPolicies(reader: Tx, tenantId: string, ids: ReadonlySet<string>): Promise<ApprovalPolicy[]> {
  if (ids.size === 0) return [];
  const rows = await listPoliciesInForce(reader, tenantId);
  return rows
    .filter((row) => ids.has(row.id))
    .map((row) => toPolicy(row, tenantId))
    .flatMap((policy) => (policy.kind === 'approval' ? [policy.approval] : []));
}

/** Whether any approval policy in force in the place asks the code owners, so that they must be known. */
export async function asksCodeOwners(reader: Tx, tenantId: string, place: Place): Promise<boolean> {
  const rows = (await listPoliciesInForce(reader, tenantId)).filter((row) => row.kind === 'approval');
  return rows
    .map((row) => toPolicy(row, tenantId))
    .flatMap((policy) => (policy.kind === 'approval' && matchesScope(policy.approval.scope, place) ? [policy.approval] : []))
    .some((policy) => approversOf(policy).some((one) => one.kind === 'codeOwners'));
}

/** The one request of a row. */
export async function loadRequest(reader: Tx, tenantId: string, about: { row: ApprovalRow; now: Date }): Promise<Request> {
  const { row, now } = about;
  const found = (await loadRequests(reader, tenantId, { rows: [row], now })).get(row.id);
  return (
    found ?? {
      demand: { count: row.requiredCount, policies: [] },
      ballot: ballotOf(row),
      electorate: { people: [], codeOwnerIds: [], standIns: [] },
    }
  );
}
