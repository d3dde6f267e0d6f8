'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage, sectionPath } from '../policy/governance-page.tsx';
import { PolicyList } from '../policy/policy-list.tsx';
import { PolicyPage } from '../policy/policy-page.tsx';
import { useScopeChoices } from '../policy/use-scope-choices.ts';
import { PromotionForm } from './promotion-form.tsx';
import { promotionText } from './promotion-texts.ts';

/** The rules by which what has proved itself goes on to the next environment by itself. */
export function PromotionRulesPage() {
  const { slug } = useTenant();
  const { can } = useRights();
  const choices = useScopeChoices();
  return (
    <GovernancePage
      section="promotions"
      title="Promotions"
      subtitle="What has soaked in one environment goes on to the next by itself. The rules and approvals of the next are asked as ever."
      actions={
        can('policy:manage') ? (
          <ButtonLink variant="primary" href={`${sectionPath(slug, 'promotions')}/new`}>
            New promotion rule
          </ButtonLink>
        ) : null
      }
    >
      <PolicyList
        kind="promotion"
        section="promotions"
        caption="Promotion rules"
        what={{
          header: 'Promotes',
          cell: (policy) => <span className="block min-w-56 whitespace-normal">{promotionText(policy.document, choices)}</span>,
        }}
        emptyState={
          <EmptyState title="No promotion rules yet">
            A promotion rule says, for example, that what has run in staging for an hour, healthy in every region, goes to production on
            weekdays. Without one people promote by hand.
          </EmptyState>
        }
      />
    </GovernancePage>
  );
}

/** One promotion rule, or the form of a new one. */
export function PromotionRulePage({ policyId }: { policyId: string }) {
  return (
    <PolicyPage
      section="promotions"
      listLabel="Promotions"
      newTitle="New promotion rule"
      policyId={policyId}
      form={(props) => <PromotionForm {...props} />}
    />
  );
}
