'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage, sectionPath } from '../policy/governance-page.tsx';
import { PolicyList } from '../policy/policy-list.tsx';
import { PolicyPage } from '../policy/policy-page.tsx';
import { ApprovalForm } from './approval-form.tsx';
import { whoIsAsked } from './approval-texts.ts';

/** Who must say yes before something is deployed. */
export function ApprovalPoliciesPage() {
  const { slug } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  return (
    <GovernancePage
      section="approvals"
      title="Approval policies"
      subtitle="Who must say yes before something is deployed in their scope, how many of whom and in which order."
      actions={
        can('policy:manage') || isPlatformAdmin ? (
          <ButtonLink variant="primary" href={`${sectionPath(slug, 'approvals')}/new`}>
            New policy
          </ButtonLink>
        ) : null
      }
    >
      <PolicyList
        kind="approval"
        section="approvals"
        caption="Approval policies"
        what={{ header: 'Who is asked', cell: (policy) => whoIsAsked(policy.document) }}
        emptyState={
          <EmptyState title="No approval policies yet">
            The number of approvals on an environment asks anyone who may vote. A policy says who: for example one of the code owners, and
            then one of the group Security, who has a veto.
          </EmptyState>
        }
      />
    </GovernancePage>
  );
}

/** One approval policy, or the form of a new one. */
export function ApprovalPolicyPage({ policyId }: { policyId: string }) {
  return (
    <PolicyPage
      section="approvals"
      listLabel="Approval policies"
      newTitle="New approval policy"
      policyId={policyId}
      form={(props) => <ApprovalForm {...props} />}
    />
  );
}
