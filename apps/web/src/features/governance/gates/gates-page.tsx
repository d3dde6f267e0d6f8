'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage, sectionPath } from '../policy/governance-page.tsx';
import { PolicyList } from '../policy/policy-list.tsx';
import { PolicyPage } from '../policy/policy-page.tsx';
import { ExternalChecks } from './external-checks.tsx';
import { GateForm } from './gate-form.tsx';
import { countChecks } from './gate-texts.ts';
import { TrustedKeys } from './trusted-keys.tsx';

/** What an artifact must have shown before it is deployed. */
export function GatesPage() {
  const { slug } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  return (
    <GovernancePage
      section="gates"
      title="Gates"
      subtitle="What an artifact must have shown before it is deployed in their scope."
      actions={
        can('policy:manage') || isPlatformAdmin ? (
          <ButtonLink variant="primary" href={`${sectionPath(slug, 'gates')}/new`}>
            New gate
          </ButtonLink>
        ) : null
      }
    >
      <PolicyList
        kind="gate"
        section="gates"
        caption="Gates"
        what={{ header: 'Checks', cell: (policy) => countChecks(policy.document) }}
        emptyState={
          <EmptyState title="No gates yet">
            A gate says, for example, that the stages build and test of the run that built an artifact must have succeeded before it goes to
            production.
          </EmptyState>
        }
      />
      <ExternalChecks />
      <TrustedKeys />
    </GovernancePage>
  );
}

/** One gate, or the form of a new one. */
export function GatePage({ policyId }: { policyId: string }) {
  return <PolicyPage section="gates" listLabel="Gates" newTitle="New gate" policyId={policyId} form={(props) => <GateForm {...props} />} />;
}
