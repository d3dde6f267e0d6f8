'use client';

import { SelectField } from '@flow/ui/field';
import { useScopeChoices } from '../governance/policy/use-scope-choices.ts';
import type { UrlFilters } from '../query/url-filters.ts';
import { kinds, periods } from './insight-in-url.ts';

/** Of which time and of what; the choice is in the URL. */
export function InsightFilters({ filters }: { filters: UrlFilters }) {
  const { services, environments, regions } = useScopeChoices();
  const choose = (name: string, value: string, usual = ''): void => filters.set({ [name]: value === usual ? '' : value, behind: '' });
  return (
    <div className="grid grid-cols-2 gap-3 lg:max-w-4xl lg:grid-cols-4">
      <SelectField
        label="Time"
        options={periods}
        value={filters.get('days') || periods[0].value}
        onChange={(event) => choose('days', event.target.value, periods[0].value)}
      />
      <SelectField
        label="Environment"
        options={[...kinds, ...environments.map(({ id, name }) => ({ value: id, label: name }))]}
        value={filters.get('where') || kinds[0].value}
        onChange={(event) => choose('where', event.target.value, kinds[0].value)}
      />
      <SelectField
        label="Service"
        options={[{ value: '', label: 'All services' }, ...services.map(({ id, name }) => ({ value: id, label: name }))]}
        value={filters.get('service')}
        onChange={(event) => choose('service', event.target.value)}
      />
      <SelectField
        label="Region"
        options={[{ value: '', label: 'All regions' }, ...regions.map((region) => ({ value: region, label: region }))]}
        value={filters.get('region')}
        onChange={(event) => choose('region', event.target.value)}
      />
    </div>
  );
}
