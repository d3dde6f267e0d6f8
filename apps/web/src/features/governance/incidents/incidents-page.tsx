'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { Checkbox } from '@flow/ui/field';
import { Link } from '@flow/ui/link';
import { Badge, Status } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useUrlFilters } from '../../query/url-filters.ts';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage } from '../policy/governance-page.tsx';
import { CloseIncident } from './close-incident.tsx';
import { OpenIncident } from './open-incident.tsx';
import { severityShown } from './severity.ts';

export type Incident = RouterOutputs['incident']['list']['items'][number];

/** Incidents that rules can look at: open ones hold what the rules say. */
export function IncidentsPage() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const { can } = useRights();
  const filters = useUrlFilters();
  const isOpen = filters.get('closed') !== 'yes';
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.incident.list.queryOptions({ tenant, isOpen, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  const mayManage = can('incident:manage');
  return (
    <GovernancePage
      section="incidents"
      title="Incidents"
      subtitle="Rules such as “An incident is open” look at them: what an open one holds goes on when it is closed."
      actions={mayManage ? <OpenIncident /> : null}
    >
      <QueryView query={query} failed="The incidents could not be loaded">
        {({ items, nextCursor }) => (
          <div className="flex flex-col gap-3">
            <DataTable
              caption="Incidents"
              columns={mayManage ? [...columnsOf(tenant), closing] : columnsOf(tenant)}
              rows={items}
              rowKey={(incident) => incident.id}
              emptyState={<NoIncidents isOpen={isOpen} />}
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
      <div>
        <Checkbox
          label="Show closed ones too"
          checked={!isOpen}
          onChange={(event) => filters.set({ closed: event.target.checked ? 'yes' : '' })}
        />
      </div>
    </GovernancePage>
  );
}

function columnsOf(tenant: string) {
  return [
    { key: 'title', header: 'Title', isWide: true, cell: (incident: Incident) => <span className="font-medium">{incident.title}</span> },
    {
      key: 'severity',
      header: 'Severity',
      cell: ({ severity }: Incident) => <Badge tone={severityShown[severity].tone}>{severityShown[severity].label}</Badge>,
    },
    {
      key: 'service',
      header: 'Service',
      cell: ({ service }: Incident) => (
        <Link data-row className="hover:underline" href={`/t/${tenant}/services/${service.slug}`}>
          {service.name}
        </Link>
      ),
    },
    {
      key: 'state',
      header: 'State',
      cell: ({ closedAt }: Incident) =>
        closedAt === null ? <Status tone="danger" label="Open" /> : <Status tone="success" label="Closed" />,
    },
    { key: 'opened', header: 'Opened', cell: ({ openedAt }: Incident) => <Time at={openedAt} /> },
    { key: 'closed', header: 'Closed', cell: ({ closedAt }: Incident) => (closedAt === null ? '' : <Time at={closedAt} />) },
  ];
}

const closing = {
  key: 'close',
  header: 'Change',
  isHeaderHidden: true,
  align: 'right' as const,
  cell: (incident: Incident) => (incident.closedAt === null ? <CloseIncident incident={incident} /> : null),
};

function NoIncidents({ isOpen }: { isOpen: boolean }) {
  return isOpen ? (
    <EmptyState title="No incident is open">
      Open one when a service is in trouble: rules can then hold deployments of it and of what calls it.
    </EmptyState>
  ) : (
    <EmptyState title="No incidents yet" />
  );
}
