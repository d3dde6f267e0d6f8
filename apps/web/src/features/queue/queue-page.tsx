'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Duration, Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { placeText } from './place-text.ts';

type Row = RouterOutputs['deployment']['queue']['items'][number];

/** Everything that waits before its start, oldest first: why, since when, until when, and its place in each queue. */
export function QueuePage() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const filters = useUrlFilters();
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.deployment.queue.queryOptions({ tenant, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Queue" subtitle="What waits before its start: it is looked at again when what it waits for changes" />
      <QueryView query={query} failed="The queue could not be loaded">
        {({ items, nextCursor }) => (
          <>
            <DataTable
              caption="Deployments that wait, oldest first"
              rows={items}
              columns={columns}
              rowKey={(row) => row.id}
              rowHref={(row) => `/t/${tenant}/deployments/${row.id}`}
              emptyState={
                <EmptyState title="Nothing waits">
                  What a rule, a freeze, a gate or an approval holds stands here with its reason.
                </EmptyState>
              }
            />
            <Pager
              hasNewer={filters.cursor !== undefined}
              hasOlder={nextCursor !== null}
              onNewer={filters.goNewer}
              onOlder={() => filters.goOlder(nextCursor ?? '')}
            />
          </>
        )}
      </QueryView>
    </div>
  );
}

const columns = [
  { key: 'deployment', header: 'Deployment', cell: (row: Row) => `${row.serviceName} ${row.version} to ${row.environmentName}` },
  { key: 'state', header: 'State', cell: (row: Row) => <Status tone={stateTone(row.state)} label={stateLabel(row.state)} /> },
  { key: 'why', header: 'Why', isWide: true, cell: (row: Row) => <Why row={row} /> },
  {
    key: 'place',
    header: 'Place',
    cell: (row: Row) => (row.places.length === 0 ? <span className="text-muted">–</span> : row.places.map(placeText).join('; ')),
  },
  { key: 'since', header: 'Waits for', cell: (row: Row) => <Duration from={row.createdAt} to={null} /> },
  {
    key: 'earliest',
    header: 'Earliest',
    cell: (row: Row) => (row.earliestAt === null ? <span className="text-muted">not by time alone</span> : <Time at={row.earliestAt} />),
  },
  { key: 'starts', header: 'Starts', cell: (row: Row) => (row.startsItself ? 'by itself' : 'when someone starts it') },
  { key: 'by', header: 'Asked by', cell: (row: Row) => row.requestedByName ?? 'Flow' },
];

function Why({ row }: { row: Row }) {
  if (row.reasons.length === 0)
    return <span className="text-muted">{row.startsItself ? 'It starts in a moment' : 'It is free: someone can start it'}</span>;
  return (
    <ul className="flex flex-col gap-0.5">
      {row.reasons.map(({ source, policyId, sentence }) => (
        <li key={`${source} ${policyId}`}>{sentence}</li>
      ))}
    </ul>
  );
}
