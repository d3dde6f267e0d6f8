'use client';

import { EmptyState } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { Pager } from '@flow/ui/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ArtifactTable } from './artifact-table.tsx';

/** Everything that was built, newest first. */
export function ArtifactListPage() {
  const api = useApi();
  const { slug, id } = useTenant();
  const filters = useUrlFilters();
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.artifact.list.queryOptions({ tenant: slug, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Artifacts" subtitle="What runs have built: the same digest goes through every environment." />
      <div className="flex flex-col gap-4">
        <QueryView query={query} failed="The artifacts could not be loaded">
          {({ items, nextCursor }) => (
            <div className="flex flex-col gap-3">
              <ArtifactTable
                artifacts={items}
                emptyState={
                  <EmptyState title="No artifacts yet">
                    A run that succeeds leaves one here. It can then be deployed to any environment.
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
      </div>
    </div>
  );
}
