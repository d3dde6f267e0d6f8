'use client';

import { SelectField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { useState } from 'react';
import { ExplanationPreview } from '../explanation/explanation-preview.tsx';
import { useScopeChoices } from '../policy/use-scope-choices.ts';
import { useUrlFilters } from '../../query/url-filters.ts';

/** "Can I deploy now?" for a service in an environment: what all that is switched on says, and what is in shadow apart. */
export function TryOnRequest() {
  const { services, environments } = useScopeChoices();
  const filters = useUrlFilters();
  // The URL follows a moment later: two quick choices must not undo each other.
  const [chosen, setChosen] = useState({ service: filters.get('service'), environment: filters.get('environment') });
  const { service: serviceId, environment: environmentId } = chosen;
  const choose = (change: Partial<typeof chosen>): void => {
    const next = { ...chosen, ...change };
    setChosen(next);
    filters.set(next);
  };
  const isChosen = services.some(({ id }) => id === serviceId) && environments.some(({ id }) => id === environmentId);
  return (
    <Panel title="Try on a real request">
      <div className="flex flex-col gap-4">
        <p className="text-muted">What the rules, freezes, guardrails and gates would say if the newest artifact were deployed now.</p>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Service"
            options={[{ value: '', label: 'Choose a service' }, ...optionsOf(services)]}
            value={serviceId}
            onChange={(event) => choose({ service: event.target.value })}
          />
          <SelectField
            label="Environment"
            options={[{ value: '', label: 'Choose an environment' }, ...optionsOf(environments)]}
            value={environmentId}
            onChange={(event) => choose({ environment: event.target.value })}
          />
        </div>
        {isChosen ? <ExplanationPreview serviceId={serviceId} environmentId={environmentId} /> : null}
      </div>
    </Panel>
  );
}

function optionsOf(choices: readonly { id: string; name: string }[]): { value: string; label: string }[] {
  return choices.map(({ id, name }) => ({ value: id, label: name }));
}
