'use client';

import { TextField } from '@flow/ui/field';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { Fields } from '../../form/use-fields.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { CheckMany } from './check-many.tsx';
import { PickNamed } from './pick-named.tsx';
import { toScope } from './scope.ts';
import type { ScopeField } from './scope.ts';
import { useScopeChoices } from './use-scope-choices.ts';

interface ScopeFieldsProps {
  form: Fields<ScopeField>;
  /** In force in every tenant: services and environments of one tenant have no place there. */
  isForAll: boolean;
  /** The one environment in question, which is not chosen here; empty so long as it is not known. */
  goesTo: string | undefined;
}

/** Where a policy is in force, and whom that affects at this moment. */
export function ScopeFields({ form, isForAll, goesTo }: ScopeFieldsProps) {
  const choices = useScopeChoices();
  const choosesPlace = goesTo === undefined;
  return (
    <>
      <p className="text-muted text-xs">Nothing chosen is no limit. What is chosen in several fields must all hold.</p>
      {choosesPlace ? (
        <CheckMany legend="Kinds of environment" options={plain(choices.kinds)} {...form.field('document.scope.environmentKinds')} />
      ) : null}
      {isForAll ? null : (
        <>
          {choosesPlace ? (
            <CheckMany
              legend="Environments"
              options={choices.environments.map(({ id, name }) => ({ value: id, label: name }))}
              {...form.field('document.scope.environmentIds')}
            />
          ) : null}
          <PickNamed
            label="Services"
            hint="Type a name and choose it from the list"
            options={choices.services}
            gone="a removed service"
            {...form.field('document.scope.serviceIds')}
          />
        </>
      )}
      <CheckMany
        legend="Tiers"
        options={choices.tiers.map((tier) => ({ value: tier, label: `Tier ${tier}` }))}
        {...form.field('document.scope.tiers')}
      />
      {choosesPlace ? (
        <CheckMany
          legend="Regions"
          hint="One of the regions of a plan is enough"
          options={plain(choices.regions)}
          {...form.field('document.scope.regions')}
        />
      ) : null}
      <TextField label="Labels of the service" hint="Such as team=payments, each must be there" {...form.field('document.scope.labels')} />
      {isForAll || goesTo === '' ? null : <ScopePreview scope={scopeIn(form, goesTo)} />}
    </>
  );
}

function plain(values: readonly string[]): { value: string; label: string }[] {
  return values.map((value) => ({ value, label: value }));
}

/** The scope of the form; where the environment is not chosen here, in that one. */
function scopeIn(form: Fields<ScopeField>, goesTo: string | undefined): ReturnType<typeof toScope> {
  const scope = toScope(form.values);
  return goesTo === undefined ? scope : { ...scope, environmentIds: [goesTo], environmentKinds: [], regions: [] };
}

function ScopePreview({ scope }: { scope: ReturnType<typeof toScope> }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.policy.preview.queryOptions({ tenant, scope }, { placeholderData: keepPreviousData, retry: false }));
  if (query.data === undefined) return null;
  const { coveredCount, placeCount, examples } = query.data;
  return (
    <output className="bg-raised block rounded-md px-3 py-2">
      {coveredCount === 0 ? (
        <span className="text-warning-fg font-medium">It affects none of the {placeCount} places: it would be in force nowhere.</span>
      ) : (
        <>
          <span className="font-medium">
            It affects {coveredCount} of {placeCount} places
          </span>{' '}
          <span className="text-muted">
            (a place is a service in an environment):{' '}
            {examples
              .slice(0, 5)
              .map((one) => `${one.serviceName} in ${one.environmentName}`)
              .join(', ')}
            {coveredCount > 5 ? ', …' : ''}
          </span>
        </>
      )}
    </output>
  );
}
