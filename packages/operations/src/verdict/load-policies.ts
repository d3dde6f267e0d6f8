import type { AllPolicies } from '@flow/core/explanation';
import { indexPolicies } from '@flow/core/verdict';
import type { Policies } from '@flow/core/verdict';
import type { Tx } from '@flow/db/client';
import { listPoliciesInForce, listUnarchivedPolicies } from '@flow/db/policy';
import type { PolicyRow } from '@flow/db/policy';
import { findTenant } from '@flow/db/tenancy';
import { toPolicy } from '../policy/index.ts';

/** Everything in force for the tenant, found by place. */
export async function loadPolicies(reader: Tx, tenantId: string): Promise<Policies> {
  return indexPolicies(await toPolicies(reader, tenantId, await listPoliciesInForce(reader, tenantId)));
}

/** Everything that there is for the tenant, also what is switched off or in force elsewhere: for explanations. */
export async function loadAllPolicies(reader: Tx, tenantId: string): Promise<AllPolicies> {
  return toPolicies(reader, tenantId, await listUnarchivedPolicies(reader, tenantId));
}

async function toPolicies(reader: Tx, tenantId: string, rows: readonly PolicyRow[]): Promise<AllPolicies> {
  const tenant = rows.length === 0 ? null : await findTenant(reader, tenantId);
  const policies = rows.map((row) => toPolicy(row, tenant?.name ?? tenantId));
  return {
    rules: policies.flatMap((policy) => (policy.kind === 'rule' ? [policy.rule] : [])),
    freezes: policies.flatMap((policy) => (policy.kind === 'freeze' ? [policy.freeze] : [])),
    guardrails: policies.flatMap((policy) => (policy.kind === 'guardrail' ? [policy.guardrail] : [])),
    gates: policies.flatMap((policy) => (policy.kind === 'gate' ? [policy.gate] : [])),
    approvals: policies.flatMap((policy) => (policy.kind === 'approval' ? [policy.approval] : [])),
  };
}

/** Whether nothing at all is in force: then nothing has to be looked up for it. */
export function isUngoverned(policies: Policies): boolean {
  const { rules, freezes, guardrails, gates, approvals } = policies;
  return rules.size + freezes.size + guardrails.size + gates.size + approvals.size === 0;
}
