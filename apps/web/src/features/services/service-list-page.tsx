'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { PageHeader } from '@flow/ui/panel';
import { Badge } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useSearchText } from '../query/search-text.ts';
import { useUrlFilters } from '../query/url-filters.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { WorstLight } from '../way-back/light.tsx';
import { CreateService } from './create-service.tsx';
import { NewestState } from './newest-state.tsx';
import { versionsText } from './versions.ts';

type ServiceList = RouterOutputs['service']['list'];
type ServiceRow = ServiceList['items'][number];

/** All services with what runs of them in each environment. */
export function ServiceListPage() {
  const api = useApi();
  const { slug, id } = useTenant();
  const { can } = useRights();
  const filters = useUrlFilters();
  const search = filters.get('q');
  const [typed, setTyped] = useSearchText(search, (q) => filters.set({ q }));
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(
    api.service.list.queryOptions({ tenant: slug, search: search.slice(0, 100), ...place }, { placeholderData: keepPreviousData }),
  );
  useLive([`tenant:${id}`]);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Services"
        subtitle="What is built, and which version of it runs where."
        actions={can('service:create') ? <CreateService /> : null}
      />
      <div className="flex flex-col gap-4">
        <div className="max-w-sm">
          <TextField label="Search" type="search" value={typed} maxLength={100} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <QueryView query={query} failed="The services could not be loaded">
          {(list) => (
            <div className="flex flex-col gap-3">
              <DataTable
                caption="Services"
                columns={columnsOf(list.environments)}
                rows={list.items}
                rowKey={(service) => service.id}
                rowHref={(service) => `/t/${slug}/services/${service.slug}`}
                emptyState={<NoServices isSearch={search !== ''} mayCreate={can('service:create')} />}
              />
              <Pager
                hasNewer={filters.cursor !== undefined}
                hasOlder={list.nextCursor !== null}
                onNewer={filters.goNewer}
                onOlder={() => filters.goOlder(list.nextCursor ?? '')}
              />
            </div>
          )}
        </QueryView>
      </div>
    </div>
  );
}

function columnsOf(environments: ServiceList['environments']) {
  return [
    { key: 'name', header: 'Service', cell: (service: ServiceRow) => service.name },
    { key: 'tier', header: 'Tier', cell: (service: ServiceRow) => <Badge>{`Tier ${service.tier}`}</Badge> },
    { key: 'owner', header: 'Owner', cell: (service: ServiceRow) => service.owner },
    ...environments.map((environment) => ({
      key: environment.id,
      header: environment.name,
      cell: (service: ServiceRow) => <EnvironmentCell service={service} environmentId={environment.id} />,
    })),
    { key: 'changed', header: 'Last change', cell: (service: ServiceRow) => <LastChange service={service} /> },
  ];
}

function EnvironmentCell({ service, environmentId }: { service: ServiceRow; environmentId: string }) {
  const running = service.versions.filter((one) => one.environmentId === environmentId);
  return (
    <>
      {versionsText(running)}
      <NewestState newest={service.newest} environmentId={environmentId} />
      <WorstLight waysBack={running.map(({ wayBack }) => wayBack)} />
    </>
  );
}

function LastChange({ service }: { service: ServiceRow }) {
  const newest = service.versions
    .map((one) => one.since)
    .toSorted()
    .at(-1);
  return newest === undefined ? 'Never deployed' : <Time at={newest} />;
}

function NoServices({ isSearch, mayCreate }: { isSearch: boolean; mayCreate: boolean }) {
  if (isSearch) return <EmptyState title="No service matches">The search looks into names and addresses of services.</EmptyState>;
  return (
    <EmptyState title="No services yet" action={mayCreate ? <CreateService /> : undefined}>
      {mayCreate
        ? 'Create a service with the address of its repository: from then on each push there starts a run.'
        : 'An admin of this tenant creates services. Then each push to the repository starts a run.'}
    </EmptyState>
  );
}
