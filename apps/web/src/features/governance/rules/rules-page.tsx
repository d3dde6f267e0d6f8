'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage, sectionPath } from '../policy/governance-page.tsx';
import { PolicyList } from '../policy/policy-list.tsx';
import { TryOnRequest } from '../verdict/try-on-request.tsx';
import { EffectBadge, ruleEffect } from './effects.tsx';
import { SwitchOnPanel } from './switch-on.tsx';

/** The rules in force, and those that come with Flow to be switched on. */
export function RulesPage() {
  const { slug } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  const isNewAllowed = can('policy:manage') || isPlatformAdmin;
  return (
    <GovernancePage
      section="rules"
      title="Rules"
      subtitle="What holds, refuses or asks for more people, and why."
      actions={
        isNewAllowed ? (
          <ButtonLink variant="primary" href={`${sectionPath(slug, 'rules')}/new`}>
            New rule
          </ButtonLink>
        ) : null
      }
    >
      <PolicyList
        kind="rule"
        section="rules"
        caption="Rules"
        what={{ header: 'Effect', cell: (policy) => <EffectBadge effect={ruleEffect.parse(policy.document['effect'])} /> }}
        emptyState={
          <EmptyState title="No rules yet">
            A rule looks at a deployment, at what else is moving and at the time, and warns, holds or refuses with a reason. Begin with one
            that comes with Flow, in shadow: it is judged and decides nothing.
          </EmptyState>
        }
      />
      <TryOnRequest />
      {can('policy:manage') ? <SwitchOnPanel /> : null}
    </GovernancePage>
  );
}
