import { indexPolicies } from '@flow/core/verdict';
import type { Policies } from '@flow/core/verdict';
import type { Tx } from '@flow/db/client';
import { listPoliciesInForce } from '@flow/db/policy';
import { findTenant } from '@flow/db/tenancy';
import { toPolicy } from '../policy/index.ts';

/** Everything in force for the tenant, found by place. */
export async function loadPolicies(reader: Tx, tenantId: string): Promise<Policies> {
  const rows = await listPoliciesInForce(reader, tenantId);
  if (rows.length === 0) return indexPolicies({});
  const tenant = await findTenant(reader, tenantId);
  const policies = rows.map((row) => toPolicy(row, tenant?.name ?? tenantId));
  return indexPolicies({
    rules: policies.flatMap((policy) => (policy.kind === 'rule' ? [policy.rule] : [])),
    freezes: policies.flatMap((policy) => (policy.kind === 'freeze' ? [policy.freeze] : [])),
    guardrails: policies.flatMap((policy) => (policy.kind === 'guardrail' ? [policy.guardrail] : [])),
    gates: policies.flatMap((policy) => (policy.kind === 'gate' ? [policy.gate] : [])),
  });
}

/** Whether nothing at all is in force: then nothing has to be looked up for it. */
export function isUngoverned(policies: Policies): boolean {
  return policies.rules.size + policies.freezes.size + policies.guardrails.size + policies.gates.size === 0;
}
