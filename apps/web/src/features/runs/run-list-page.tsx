'use client';

import { SelectField, TextField } from '@flow/ui/field';
import { EmptyState } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { Pager } from '@flow/ui/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useSearchText } from '../query/search-text.ts';
import { useUrlFilters } from '../query/url-filters.ts';
import { stateLabel } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { RunTable } from './run-table.tsx';

const states = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'errored', 'cancelled'];
const stateOptions = [{ value: '', label: 'Every state' }, ...states.map((state) => ({ value: state, label: stateLabel(state) }))];

/** All runs of the tenant, by state and branch. */
export function RunListPage() {
  const api = useApi();
  const { slug, id } = useTenant();
  const filters = useUrlFilters();
  const [state, branch] = [filters.get('state'), filters.get('branch')];
  const [typed, setTyped] = useSearchText(branch, (value) => filters.set({ branch: value }));
  const query = useQuery(
    api.run.list.queryOptions(
      {
        tenant: slug,
        ...(states.includes(state) ? { states: [state] } : {}),
        ...(branch === '' ? {} : { branch }),
        ...(filters.cursor === undefined ? {} : { cursor: filters.cursor }),
      },
      { placeholderData: keepPreviousData },
    ),
  );
  useLive([`tenant:${id}`]);
  const isFiltered = state !== '' || branch !== '';
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Runs" subtitle="Each run takes one commit through the pipeline of its service." />
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap gap-4">
          <SelectField
            label="State"
            options={stateOptions}
            value={state}
            onChange={(event) => filters.set({ state: event.target.value })}
          />
          <TextField label="Branch" value={typed} maxLength={200} onChange={(event) => setTyped(event.target.value)} />
        </div>
        <QueryView query={query} failed="The runs could not be loaded">
          {({ items, nextCursor }) => (
            <div className="flex flex-col gap-3">
              <RunTable runs={items} emptyState={<NoRuns isFiltered={isFiltered} />} />
              <Pager
                hasNewer={filters.cursor !== undefined}
                hasOlder={nextCursor !== null}
                onNewer={filters.goNewer}
                onOlder={() => filters.goOlder(nextCursor ?? '')}
              />
            </div>
          )}
        </QueryView>
      </div>
    </div>
  );
}

function NoRuns({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return <EmptyState title="No run matches">Choose another state, or clear the name of the branch: it must match wholly.</EmptyState>;
  return (
    <EmptyState title="No runs yet">
      A run starts with each push to the repository of a service, or with “Start a run” on the page of the service.
    </EmptyState>
  );
}
