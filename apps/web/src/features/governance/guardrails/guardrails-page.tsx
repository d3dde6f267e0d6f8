'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage, sectionPath } from '../policy/governance-page.tsx';
import { PolicyList } from '../policy/policy-list.tsx';
import { PolicyPage } from '../policy/policy-page.tsx';
import { GuardrailForm } from './guardrail-form.tsx';
import { countLimits } from './guardrail-texts.ts';

/** The limits that every plan and every running deployment is held to. */
export function GuardrailsPage() {
  const { slug } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  return (
    <GovernancePage
      section="guardrails"
      title="Guardrails"
      subtitle="Limits that every plan in their scope must keep, and that running deployments are held to."
      actions={
        can('policy:manage') || isPlatformAdmin ? (
          <ButtonLink variant="primary" href={`${sectionPath(slug, 'guardrails')}/new`}>
            New guardrail
          </ButtonLink>
        ) : null
      }
    >
      <PolicyList
        kind="guardrail"
        section="guardrails"
        caption="Guardrails"
        what={{ header: 'Limits', cell: (policy) => countLimits(policy.document) }}
        emptyState={
          <EmptyState title="No guardrails yet">
            A guardrail says, for example, that production needs a canary whose first step is at most 20 percent. A plan that crosses a
            limit is refused with the value, the limit and whose it is.
          </EmptyState>
        }
      />
    </GovernancePage>
  );
}

/** One guardrail, or the form of a new one. */
export function GuardrailPage({ policyId }: { policyId: string }) {
  return (
    <PolicyPage
      section="guardrails"
      listLabel="Guardrails"
      newTitle="New guardrail"
      policyId={policyId}
      form={(props) => <GuardrailForm {...props} />}
    />
  );
}
