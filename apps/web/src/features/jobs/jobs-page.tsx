'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { PageHeader, Panel } from '@flow/ui/panel';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';

type Job = RouterOutputs['job']['listDead']['items'][number];

/** What each kind of job is for, in words. */
const kindText: Readonly<Record<Job['kind'], string>> = {
  deployment: 'Moves a deployment on',
  run: 'Moves a run on',
  logs: 'Keeps the logs of a run',
  webhook: 'Reads a delivery of a git host',
  clusterHealth: 'Tests a cluster',
  engineAction: 'Acts on an engine',
  approvalExpiry: 'Ends an approval in time',
  notification: 'Spreads a message',
  delivery: 'Sends a message',
  externalCheck: 'Asks an external check',
  promotion: 'Promotes a service by rule',
  auditCheck: 'Verifies the audit record',
  retention: 'Deletes what is kept no longer',
  wayBack: 'Sees whether a rollback would work',
  driftScan: 'Compares what runs with what was deployed',
  driftReapply: 'Applies again what was deployed',
  catchUp: 'Catches up a region that was skipped',
};

/** Work that failed too often: what it was, what went wrong, and another try. For those who run the installation. */
export function JobsPage() {
  const api = useApi();
  const filters = useUrlFilters();
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.job.listDead.queryOptions({ limit: 30, ...place }, { placeholderData: keepPreviousData }));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Jobs" subtitle="Work of all tenants that failed too often, and is not tried again by itself." />
      <Panel title="Set aside" isFlush>
        <QueryView query={query} failed="The jobs could not be loaded">
          {({ items, nextCursor }) => (
            <div className="flex flex-col gap-3">
              <DataTable
                caption="Jobs that were set aside"
                columns={columns}
                rows={items}
                rowKey={({ id }) => id}
                emptyState={
                  <EmptyState title="Nothing was set aside">
                    A job that fails twenty-five times for a reason of Flow’s own stands here with its last error. What waits for a cluster
                    that does not answer is never given up.
                  </EmptyState>
                }
              />
              <Pager
                hasNewer={filters.cursor !== undefined}
                hasOlder={nextCursor !== null}
                onNewer={filters.goNewer}
                onOlder={() => filters.goOlder(nextCursor ?? '')}
              />
            </div>
          )}
        </QueryView>
      </Panel>
    </div>
  );
}

const columns = [
  { key: 'what', header: 'What', cell: (job: Job) => <Subject job={job} /> },
  { key: 'tenant', header: 'Tenant', cell: ({ tenant }: Job) => tenant?.name ?? 'All' },
  {
    key: 'error',
    header: 'Last error',
    isWide: true,
    cell: ({ lastError, attempts }: Job) => (
      <span>
        {lastError === '' ? 'Nothing was said' : lastError} <span className="text-muted">({attempts} tries)</span>
      </span>
    ),
  },
  { key: 'at', header: 'Set aside', cell: ({ deadAt }: Job) => <Time at={deadAt} /> },
  {
    key: 'change',
    header: 'Change',
    isHeaderHidden: true,
    align: 'right' as const,
    cell: (job: Job) => <Retry job={job} />,
  },
];

function Subject({ job: { kind, key, tenant } }: { job: Job }) {
  const text = kindText[kind];
  const folder = kind === 'deployment' ? 'deployments' : kind === 'run' ? 'runs' : null;
  if (folder === null || tenant === null) return <span>{text}</span>;
  return (
    <Link className="hover:underline" href={`/t/${tenant.slug}/${folder}/${key}`}>
      {text}
    </Link>
  );
}

function Retry({ job }: { job: Job }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const retry = useMutation(
    api.job.retry.mutationOptions({
      onSuccess: () => {
        toast('It is tried again');
        void queryClient.invalidateQueries(api.job.pathFilter());
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  return (
    <Button
      size="s"
      isBusy={retry.isPending}
      aria-label={`Try again: ${kindText[job.kind]} ${job.key}`}
      onClick={() => retry.mutate({ kind: job.kind, key: job.key })}
    >
      Try again
    </Button>
  );
}
