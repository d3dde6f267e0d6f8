'use client';

import { SelectField } from '@flow/ui/field';
import { useScopeChoices } from '../governance/policy/use-scope-choices.ts';
import type { UrlFilters } from '../query/url-filters.ts';

const shows = [
  { value: '', label: 'Waiting' },
  { value: 'decided', label: 'Decided' },
];

/** What of the requests is shown; the choice is in the address. */
export function InboxFilters({ filters }: { filters: UrlFilters }) {
  const { services, environments } = useScopeChoices();
  const named = (all: string, list: readonly { id: string; name: string }[]) => [
    { value: '', label: all },
    ...list.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const choose = (name: string, value: string): void => filters.set({ [name]: value, id: '', link: '' });
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:max-w-3xl">
      <div className="col-span-2 sm:col-span-1">
        <SelectField label="Show" options={shows} value={filters.get('show')} onChange={(event) => choose('show', event.target.value)} />
      </div>
      <SelectField
        label="Service"
        options={named('All services', services)}
        value={filters.get('service')}
        onChange={(event) => choose('service', event.target.value)}
      />
      <SelectField
        label="Environment"
        options={named('All environments', environments)}
        value={filters.get('environment')}
        onChange={(event) => choose('environment', event.target.value)}
      />
    </div>
  );
}
