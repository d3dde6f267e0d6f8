'use client';

import { Checkbox } from '@flow/ui/field';
import { Badge } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useUrlFilters } from '../../query/url-filters.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { EnforcementBadge } from './enforcement.tsx';
import { sectionPath } from './governance-page.tsx';
import type { GovernanceSection } from './governance-page.tsx';
import type { PolicyKind, PolicyRow } from './save-policy.ts';
import { scopeText } from './scope.ts';
import { useScopeChoices } from './use-scope-choices.ts';

interface PolicyListProps {
  kind: PolicyKind;
  section: GovernanceSection;
  caption: string;
  /** What the policies of this kind do, between their title and their enforcement. */
  what: { header: string; cell: (policy: PolicyRow) => ReactNode };
  emptyState: ReactNode;
}

/** What is in force of one kind, the tenant's own and the platform's; or what was taken out of force. */
export function PolicyList({ kind, section, caption, what, emptyState }: PolicyListProps) {
  const api = useApi();
  const { slug: tenant, id, name } = useTenant();
  const filters = useUrlFilters();
  const choices = useScopeChoices();
  const isArchived = filters.get('archived') === 'yes';
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.policy.list.queryOptions({ tenant, kind, isArchived, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  const columns = [
    { key: 'title', header: 'Title', isWide: true, cell: (policy: PolicyRow) => policy.title },
    { key: 'what', header: what.header, cell: what.cell },
    {
      key: 'enforcement',
      header: 'Enforcement',
      cell: (policy: PolicyRow) => (isArchived ? <Badge>Archived</Badge> : <EnforcementBadge enforcement={policy.enforcement} />),
    },
    { key: 'scope', header: 'Where', isWide: true, cell: (policy: PolicyRow) => scopeText(policy.document['scope'], choices) },
    { key: 'owner', header: 'Owner', cell: (policy: PolicyRow) => (policy.isPlatform ? 'The platform' : name) },
    { key: 'changed', header: 'Last change', cell: (policy: PolicyRow) => <Time at={policy.updatedAt} /> },
  ];
  return (
    <div className="flex flex-col gap-3">
      <QueryView query={query} failed={`The ${section} could not be loaded`}>
        {({ items, nextCursor }) => (
          <>
            <DataTable
              caption={caption}
              columns={columns}
              rows={items}
              rowKey={(policy) => policy.id}
              rowHref={(policy) => `${sectionPath(tenant, section)}/${policy.id}`}
              emptyState={emptyState}
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
      <Checkbox
        label="Show archived ones"
        checked={isArchived}
        onChange={(event) => filters.set({ archived: event.target.checked ? 'yes' : '' })}
      />
    </div>
  );
}
