'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { PageHeader } from '@flow/ui/panel';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useSearchText } from '../query/search-text.ts';
import { useUrlFilters } from '../query/url-filters.ts';
import type { UrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';

type Entry = RouterOutputs['audit']['list']['items'][number];

/** Every change in the tenant: who, what, when, and how it was before. */
export function AuditPage() {
  const api = useApi();
  const { slug, id } = useTenant();
  const filters = useUrlFilters();
  const [action, actor, subject] = [filters.get('action'), filters.get('actor'), filters.get('subject')];
  const given = { ...(action === '' ? {} : { action }), ...(actor === '' ? {} : { actor }), ...(subject === '' ? {} : { subject }) };
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.audit.list.queryOptions({ tenant: slug, ...given, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  const isFiltered = Object.keys(given).length > 0;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Audit log" subtitle="Every change in this tenant. Nothing here can be edited or removed." />
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-3 gap-4 sm:flex sm:flex-wrap">
          <FilterField filters={filters} name="action" label="Action" hint="Such as run.start" />
          <FilterField filters={filters} name="actor" label="Actor" hint="Such as user:… or system" />
          <FilterField filters={filters} name="subject" label="Subject" hint="Such as deployment:…" />
        </div>
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

function columnsOf(tenant: string, filters: UrlFilters) {
  return [
    { key: 'at', header: 'When', cell: (entry: Entry) => <Time at={entry.at} /> },
    {
      key: 'actor',
      header: 'Who',
      cell: (entry: Entry) => <span title={entry.actor}>{entry.actorName === '' ? entry.actor : entry.actorName}</span>,
    },
    { key: 'summary', header: 'What', isWide: true, cell: (entry: Entry) => <What entry={entry} /> },
    {
      key: 'subject',
      header: 'Subject',
      cell: (entry: Entry) => <Subject tenant={tenant} subject={entry.subject} filters={filters} />,
    },
    { key: 'action', header: 'Action', cell: (entry: Entry) => <code className="text-muted font-mono text-xs">{entry.action}</code> },
  ];
}

/** What was changed: a way to its page where it has one, and to all that was ever done to it. */
function Subject({ tenant, subject, filters }: { tenant: string; subject: string; filters: UrlFilters }) {
  const [kind = '', id = ''] = subject.split(':');
  const page = pages[kind];
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  return (
    <span className="inline-flex gap-2" title={subject}>
      {page === undefined ? (
        name
      ) : (
        <Link className="text-accent hover:underline" href={`/t/${tenant}/${page}/${id}`}>
          {name}
        </Link>
      )}
      {filters.get('subject') !== subject && (
        <button type="button" className="text-muted text-xs hover:underline" onClick={() => filters.set({ subject })}>
          only this
        </button>
      )}
    </span>
  );
}

/** Where the page of a kind of subject is. */
const pages: Readonly<Record<string, string>> = { run: 'runs', deployment: 'deployments', artifact: 'artifacts' };

function What({ entry }: { entry: Entry }) {
  return (
    <details>
      <summary className="cursor-pointer">{entry.summary}</summary>
      <dl className="bg-raised mt-2 rounded-md p-3 text-xs">
        <Detail label="Before" value={entry.before} />
        <Detail label="After" value={entry.after} />
        <Detail label="Subject" value={entry.subject} />
        <Detail label="Actor" value={entry.actor} />
        <Detail label="Request" value={entry.requestId} />
        <Detail label="Address" value={entry.address} />
      </dl>
    </details>
  );
}

function Detail({ label, value }: { label: string; value: unknown }) {
  return (
    <>
      <dt className="mt-1 font-medium first:mt-0">{label}</dt>
      <dd>
        <pre className="whitespace-pre-wrap break-all font-mono">
          {value === null || value === undefined ? 'Nothing' : typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
        </pre>
      </dd>
    </>
  );
}

function FilterField({
  filters,
  name,
  label,
  hint,
}: {
  filters: UrlFilters;
  name: 'action' | 'actor' | 'subject';
  label: string;
  hint: string;
}) {
  const [typed, setTyped] = useSearchText(filters.get(name), (value) => filters.set({ [name]: value }));
  return <TextField label={label} hint={hint} maxLength={200} value={typed} onChange={(event) => setTyped(event.target.value)} />;
}

function NoEntries({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState title="No entry matches">Filters must match wholly: copy them from an entry.</EmptyState>
  ) : (
    <EmptyState title="Nothing has been changed yet">
      Each change that a person or Flow makes here is written down with its time.
    </EmptyState>
  );
}
