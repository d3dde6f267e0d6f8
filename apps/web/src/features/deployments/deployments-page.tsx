'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState, ErrorState, Skeleton } from '@flow/ui/feedback';
import { SelectField } from '@flow/ui/field';
import { PageHeader } from '@flow/ui/panel';
import { Badge, Status } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useLive } from '../../api-client/live.tsx';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { deploymentStates, isDeploymentState } from './deployment-states.ts';

/** Every deployment, newest first. Filters and page are in the URL. */
export function DeploymentsPage() {
  const inUrl = useListInUrl();
  const { service, list } = useDeployments(inUrl);
  useLive(['tenant']);
  const failed = service.error ?? list.error;
  const fault = failed === null ? null : faultOf(failed);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Deployments" subtitle="What goes where, and how far it has come" />
      <Filters inUrl={inUrl} serviceName={service.data?.name} />
      {fault !== null && (
        <ErrorState
          title="The deployments cannot be shown"
          message={fault.message}
          requestId={fault.requestId}
          onRetry={() => void (service.error === null ? list : service).refetch()}
        />
      )}
      {list.data === undefined && fault === null && <Skeleton lines={8} />}
      {list.data !== undefined && <Listed page={list.data} inUrl={inUrl} />}
    </div>
  );
}

type ListInUrl = ReturnType<typeof useListInUrl>;
type Listing = RouterOutputs['deployment']['list'];

/** The page of the list that the URL asks for; a service is named there by its slug. */
function useDeployments({ state, environmentId, serviceSlug, cursor }: ListInUrl) {
  const api = useApi();
  const tenant = useTenant();
  const service = useQuery({
    ...api.service.get.queryOptions({ tenant: tenant.slug, service: serviceSlug ?? '' }),
    enabled: serviceSlug !== undefined,
  });
  const list = useQuery({
    ...api.deployment.list.queryOptions({
      tenant: tenant.slug,
      limit: 50,
      states: state === undefined ? undefined : [state],
      environmentId,
      serviceId: service.data?.id,
      cursor,
    }),
    enabled: serviceSlug === undefined || service.data !== undefined,
    placeholderData: keepPreviousData,
  });
  return { service, list };
}

function Filters({
  inUrl: { state, environmentId, serviceSlug, show },
  serviceName,
}: {
  inUrl: ListInUrl;
  serviceName: string | undefined;
}) {
  const api = useApi();
  const tenant = useTenant();
  const environments = useQuery(api.environment.list.queryOptions({ tenant: tenant.slug }));
  return (
    <div className="flex flex-wrap items-end gap-3">
      {serviceSlug !== undefined && <ServiceFilter name={serviceName ?? serviceSlug} onClear={() => show('service', '')} />}
      <SelectField
        label="State"
        value={state ?? ''}
        onChange={(event) => show('state', event.target.value)}
        options={[{ value: '', label: 'Any' }, ...deploymentStates.map((option) => ({ value: option, label: stateLabel(option) }))]}
      />
      <SelectField
        label="Environment"
        value={environmentId ?? ''}
        onChange={(event) => show('environment', event.target.value)}
        options={[
          { value: '', label: 'Any' },
          ...(environments.data ?? []).map((environment) => ({ value: environment.id, label: environment.name })),
        ]}
      />
    </div>
  );
}

function ServiceFilter({ name, onClear }: { name: string; onClear: () => void }) {
  return (
    <div className="flex flex-col gap-1">
      <span className="text-xs font-medium">Service</span>
      <span className="flex h-9 items-center gap-2">
        <Badge>{name}</Badge>
        <Button size="s" onClick={onClear}>
          All services
        </Button>
      </span>
    </div>
  );
}

function Listed({ page, inUrl }: { page: Listing; inUrl: ListInUrl }) {
  const tenant = useTenant();
  const { state, environmentId, serviceSlug, cursor, router, showOlder } = inUrl;
  const isFiltered = [state, environmentId, serviceSlug].some((one) => one !== undefined);
  return (
    <>
      <DataTable
        caption="Deployments"
        rows={page.items}
        rowKey={(row) => row.id}
        rowHref={(row) => `/t/${tenant.slug}/deployments/${row.id}`}
        emptyState={
          isFiltered ? (
            <EmptyState title="No deployment matches">Choose another state or environment, or look at all services.</EmptyState>
          ) : (
            <EmptyState title="No deployments yet">
              A deployment takes an artifact to an environment: open a service and deploy one, or let its pipeline do it.
            </EmptyState>
          )
        }
        columns={[
          { key: 'deployment', header: 'Deployment', cell: (row) => `${row.serviceName} ${row.version}` },
          { key: 'state', header: 'State', cell: (row) => <Status tone={stateTone(row.state)} label={stateLabel(row.state)} /> },
          { key: 'environment', header: 'Environment', cell: (row) => row.environmentName },
          {
            key: 'reason',
            isWide: true,
            header: 'Why',
            cell: (row) => (
              <span className="text-muted line-clamp-1" title={row.reason ?? row.commitMessage}>
                {row.reason ?? row.commitMessage}
              </span>
            ),
          },
          { key: 'by', header: 'Asked by', cell: (row) => row.requestedByName ?? 'Flow' },
          { key: 'at', header: 'When', cell: (row) => <Time at={row.createdAt} /> },
        ]}
      />
      <Pager
        hasNewer={cursor !== undefined}
        hasOlder={page.nextCursor !== null}
        onNewer={() => router.back()}
        onOlder={() => showOlder(page.nextCursor)}
      />
    </>
  );
}

/** Filters and page as the URL has them, and ways to change them. */
function useListInUrl() {
  const router = useRouter();
  const search = useSearchParams();
  const state = search.get('state');
  const change = (names: Readonly<Record<string, string | null>>): void => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(names)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    router.push(`?${next.toString()}`);
  };
  return {
    router,
    state: isDeploymentState(state) ? state : undefined,
    environmentId: search.get('environment') ?? undefined,
    serviceSlug: search.get('service') ?? undefined,
    cursor: search.get('after') ?? undefined,
    show: (name: string, value: string): void => change({ [name]: value, after: null }),
    showOlder: (cursor: string | null): void => change({ after: cursor }),
  };
}
