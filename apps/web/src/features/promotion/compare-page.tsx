'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { Checkbox, SelectField, TextField } from '@flow/ui/field';
import { PageHeader } from '@flow/ui/panel';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useSearchText } from '../query/search-text.ts';
import { useUrlFilters } from '../query/url-filters.ts';
import type { UrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ComparedServices } from './compared-services.tsx';

type Environment = RouterOutputs['environment']['list'][number];

/** What differs between two environments, service by service. Which two, and the filters, are in the URL. */
export function ComparePage() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.environment.list.queryOptions({ tenant }));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Compare environments"
        subtitle="What differs between two of them: versions, configuration and pods."
        crumbs={[{ label: 'Environments', href: `/t/${tenant}/environments` }]}
      />
      <QueryView query={query} failed="The environments could not be loaded">
        {(environments) => <Comparison environments={environments} />}
      </QueryView>
    </div>
  );
}

function Comparison({ environments }: { environments: readonly Environment[] }) {
  const filters = useUrlFilters();
  const sides = chosen(environments, filters);
  if (sides === null) return <EmptyState title="There is nothing to compare">It takes two environments.</EmptyState>;
  return (
    <>
      <Chooser environments={environments} sides={sides} filters={filters} />
      <Differences sides={sides} filters={filters} />
    </>
  );
}

interface Sides {
  left: Environment;
  right: Environment;
}

function Differences({ sides: { left, right }, filters }: { sides: Sides; filters: UrlFilters }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const showSame = filters.get('same') === 'yes';
  const query = useQuery(
    api.promotion.compare.queryOptions(
      {
        tenant,
        left: left.slug,
        right: right.slug,
        search: filters.get('q').slice(0, 100),
        showSame,
        ...(filters.cursor === undefined ? {} : { cursor: filters.cursor }),
      },
      { placeholderData: keepPreviousData },
    ),
  );
  useLive([`tenant:${id}`]);
  return (
    <QueryView query={query} failed="The environments could not be compared">
      {(page) => <ComparedServices page={page} left={left.name} right={right.name} filters={filters} showsSame={showSame} />}
    </QueryView>
  );
}

/** Without a choice: the environment before the last one of the path against the last one. Null where there are no two. */
function chosen(environments: readonly Environment[], filters: UrlFilters): Sides | null {
  const bySlug = (slug: string): Environment | undefined => environments.find((one) => one.slug === slug);
  if (environments.length < 2) return null;
  const onPath = environments.filter((one) => one.kind !== 'ephemeral');
  const [first] = environments;
  const right = bySlug(filters.get('right')) ?? onPath.at(-1) ?? first;
  const left = bySlug(filters.get('left')) ?? onPath.filter((one) => one.id !== right?.id).at(-1) ?? first;
  return left === undefined || right === undefined ? null : { left, right };
}

interface ChooserProps {
  environments: readonly Environment[];
  sides: Sides;
  filters: UrlFilters;
}

function Chooser({ environments, sides: { left, right }, filters }: ChooserProps) {
  const [typed, setTyped] = useSearchText(filters.get('q'), (q) => filters.set({ q }));
  const options = environments.map((environment) => ({ value: environment.slug, label: environment.name }));
  return (
    <div className="flex flex-wrap items-end gap-3">
      <SelectField
        label="This environment"
        options={options}
        value={left.slug}
        onChange={(event) => filters.set({ left: event.target.value, right: right.slug })}
      />
      <Button onClick={() => filters.set({ left: right.slug, right: left.slug })}>Swap</Button>
      <SelectField
        label="Against"
        options={options}
        value={right.slug}
        onChange={(event) => filters.set({ left: left.slug, right: event.target.value })}
      />
      <div className="w-56">
        <TextField label="Search" type="search" value={typed} maxLength={100} onChange={(event) => setTyped(event.target.value)} />
      </div>
      <span className="pb-2">
        <Checkbox
          label="Show what is the same, too"
          checked={filters.get('same') === 'yes'}
          onChange={(event) => filters.set({ same: event.target.checked ? 'yes' : '' })}
        />
      </span>
    </div>
  );
}
