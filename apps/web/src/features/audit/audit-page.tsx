'use client';

import { EmptyState } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import type { UrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { EntrySubject } from './entry-subject.tsx';
import { EntryWhat } from './entry-what.tsx';
import type { Entry } from './entry-what.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { ChainPanel } from './chain-panel.tsx';
import { askedOf, exportAddress } from './asked-of.ts';

/** Every change in the tenant: who, what, when, and how it was before; and whether the record itself still holds. */
export function AuditPage() {
  const api = useApi();
  const { slug, id } = useTenant();
  const filters = useUrlFilters();
  const asked = askedOf(filters.get);
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.audit.list.queryOptions({ tenant: slug, ...asked, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  const isFiltered = Object.keys(asked).length > 0;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Audit log"
        subtitle="Every change in this tenant. Nothing here can be edited or removed."
        actions={<ExportLink href={exportAddress(slug, asked)} isFiltered={isFiltered} />}
      />
      <ChainPanel />
      <div className="flex flex-col gap-4">
        <AuditFilters filters={filters} />
        <QueryView query={query} failed="The audit log could not be loaded">
          {({ items, nextCursor }) => (
            <div className="flex flex-col gap-3">
              <DataTable
                caption="Audit log"
                columns={columnsOf(slug, filters)}
                rows={items}
                rowKey={(entry) => entry.id}
                emptyState={<NoEntries isFiltered={isFiltered} />}
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

/** A file, so that it is no page of the portal: the browser keeps it. */
function ExportLink({ href, isFiltered }: { href: string; isFiltered: boolean }) {
  return (
    <a
      href={href}
      download
      className="bg-surface text-text hover:bg-raised inline-flex h-9 items-center rounded-md border border-line px-3.5 text-sm font-medium"
    >
      {isFiltered ? 'Export what is shown' : 'Export all'}
    </a>
  );
}

function columnsOf(tenant: string, filters: UrlFilters) {
  return [
    { key: 'at', header: 'When', cell: (entry: Entry) => <Time at={entry.at} /> },
    { key: 'actor', header: 'Who', cell: (entry: Entry) => <Who entry={entry} filters={filters} /> },
    { key: 'summary', header: 'What', isWide: true, cell: (entry: Entry) => <EntryWhat entry={entry} /> },
    {
      key: 'subject',
      header: 'Subject',
      cell: (entry: Entry) => <EntrySubject tenant={tenant} subject={entry.subject} filters={filters} />,
    },
    { key: 'seq', header: 'Entry', align: 'right' as const, cell: (entry: Entry) => entry.seq ?? <span title="In no chain">none</span> },
  ];
}

/** A name, and the way to all that this person or program ever did here. */
function Who({ entry, filters }: { entry: Entry; filters: UrlFilters }) {
  const actor = entry.onBehalfOf ?? entry.actor;
  return (
    <span className="inline-flex gap-2" title={entry.actor}>
      {entry.actorName === '' ? entry.actor : entry.actorName}
      {filters.get('actor') !== actor && (
        <button type="button" className="text-muted text-xs hover:underline" onClick={() => filters.set({ actor })}>
          only this
        </button>
      )}
    </span>
  );
}

function NoEntries({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState title="No entry matches">Take a filter away, or look at a longer time.</EmptyState>
  ) : (
    <EmptyState title="Nothing has been changed yet">
      Each change that a person or Flow makes here is written down with its time.
    </EmptyState>
  );
}
