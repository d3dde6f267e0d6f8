'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { SelectField, TextField } from '@flow/ui/field';
import { PageHeader } from '@flow/ui/panel';
import { DataTable, Pager } from '@flow/ui/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useSearchText } from '../query/search-text.ts';
import { useUrlFilters } from '../query/url-filters.ts';
import type { UrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { MatrixCellView } from './matrix-cell.tsx';
import { isMatrixShow, showOptions } from './matrix-show.ts';

type Matrix = RouterOutputs['promotion']['matrix'];
type Row = Matrix['items'][number];

/** Services down, environments across: what runs where, how old and how well, and what waits below. The filters are in the URL. */
export function MatrixPage() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const filters = useUrlFilters();
  const [search, show, tier] = [filters.get('q').slice(0, 100), filters.get('show'), Number(filters.get('tier'))];
  const query = useQuery(
    api.promotion.matrix.queryOptions(
      {
        tenant,
        search,
        ...(isMatrixShow(show) ? { show } : {}),
        ...(tier >= 1 && tier <= 4 ? { tier } : {}),
        ...(filters.cursor === undefined ? {} : { cursor: filters.cursor }),
      },
      { placeholderData: keepPreviousData },
    ),
  );
  useLive([`tenant:${id}`]);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Matrix"
        subtitle="Which version of each service runs in which environment, since when, and what waits below it."
        actions={<ButtonLink href={`/t/${tenant}/environments/compare`}>Compare two environments</ButtonLink>}
      />
      <Filters filters={filters} />
      <QueryView query={query} failed="The matrix could not be loaded">
        {(matrix) => (
          <div className="flex flex-col gap-3">
            <DataTable
              caption="Versions of services by environment"
              columns={columnsOf(matrix.environments)}
              rows={matrix.items}
              rowKey={(row) => row.id}
              rowHref={(row) => `/t/${tenant}/services/${row.slug}`}
              emptyState={<NothingShown isFiltered={search !== '' || show !== '' || tier > 0} />}
            />
            <Pager
              hasNewer={filters.cursor !== undefined}
              hasOlder={matrix.nextCursor !== null}
              onNewer={filters.goNewer}
              onOlder={() => filters.goOlder(matrix.nextCursor ?? '')}
              words={{ newer: 'Previous', older: 'Next' }}
            />
          </div>
        )}
      </QueryView>
    </div>
  );
}

function Filters({ filters }: { filters: UrlFilters }) {
  const [typed, setTyped] = useSearchText(filters.get('q'), (q) => filters.set({ q }));
  return (
    <div className="grid gap-3 sm:grid-cols-[minmax(12rem,20rem)_max-content_max-content]">
      <TextField label="Search" type="search" value={typed} maxLength={100} onChange={(event) => setTyped(event.target.value)} />
      <SelectField
        label="Show"
        value={filters.get('show')}
        options={showOptions}
        onChange={(event) => filters.set({ show: event.target.value })}
      />
      <SelectField
        label="Tier"
        value={filters.get('tier')}
        options={[{ value: '', label: 'Any' }, ...['1', '2', '3', '4'].map((tier) => ({ value: tier, label: `Tier ${tier}` }))]}
        onChange={(event) => filters.set({ tier: event.target.value })}
      />
    </div>
  );
}

function columnsOf(environments: Matrix['environments']) {
  return [
    {
      key: 'service',
      header: 'Service',
      cell: (row: Row) => (
        <>
          {row.name} <span className="text-muted text-xs font-normal">{`tier ${row.tier}`}</span>
        </>
      ),
    },
    ...environments.map((environment) => ({
      key: environment.id,
      header: environment.name,
      cell: (row: Row) => (
        <MatrixCellView
          cell={row.cells.find((one) => one.environmentId === environment.id)}
          pin={row.pins.find((one) => one.environmentId === environment.id)}
          driftCount={row.drift.filter((one) => one.environmentId === environment.id).reduce((sum, one) => sum + one.count, 0)}
          regionCount={environment.regions.length}
        />
      ),
    })),
  ];
}

function NothingShown({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="No service matches">Take out a filter, or look for another name.</EmptyState>;
  return <EmptyState title="No services yet">Each service that is created gets a row here, and each environment a column.</EmptyState>;
}
