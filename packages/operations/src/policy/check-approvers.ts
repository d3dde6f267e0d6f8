import { approversOf, checkAutoApproval } from '@flow/core/approval';
import type { ApprovalPolicy, Approver } from '@flow/core/approval';
import type { FieldFault } from '@flow/core/fault';
import type { Tx } from '@flow/db/client';
import { findGroupIds, findMembers } from '@flow/db/tenancy';
import { platformTenantId } from '../context/index.ts';

/** Everything against an approval policy that only a look at the tenant and at its condition shows. */
export async function approvalFaults(tx: Tx, tenantId: string, policy: ApprovalPolicy): Promise<FieldFault[]> {
  const expressions = checkAutoApproval(policy).map((problem) => ({
    path: problem.field === 'message' ? 'document.autoApproval.reason' : 'document.autoApproval.condition',
    message: `line ${problem.line}, column ${problem.column}: ${problem.message}`,
  }));
  return [...expressions, ...(await approverFaults(tx, tenantId, policy))];
}

/** Whoever is named must be there; a policy of the platform names roles and code owners, as people and groups belong to one tenant. */
async function approverFaults(tx: Tx, tenantId: string, policy: ApprovalPolicy): Promise<FieldFault[]> {
  const named = approversOf(policy);
  const userIds = named.flatMap((one) => (one.kind === 'user' ? one.userId : []));
  const groupIds = named.flatMap((one) => (one.kind === 'group' ? one.groupId : []));
  const isPlatform = tenantId === platformTenantId;
  const members = new Set(isPlatform ? [] : (await findMembers(tx, tenantId, userIds)).map((member) => member.userId));
  const groups = isPlatform ? new Set<string>() : await findGroupIds(tx, tenantId, groupIds);
  const faultOf = (one: Approver): string => {
    if (one.kind === 'user' && !members.has(one.userId))
      return isPlatform ? 'name roles: people belong to one tenant' : 'this person is no member';
    if (one.kind === 'group' && !groups.has(one.groupId))
      return isPlatform ? 'name roles: groups belong to one tenant' : 'there is no such group here';
    return '';
  };
  const at = (path: string, who: readonly Approver[]): FieldFault[] =>
    who.flatMap((one) => (faultOf(one) === '' ? [] : [{ path, message: faultOf(one) }]));
  return [
    ...policy.stages.flatMap((stage, index) =>
      stage.groups.flatMap((group, place) => at(`document.stages.${index}.groups.${place}.who`, group.who)),
    ),
    ...at('document.fallback', policy.fallback),
  ];
}
