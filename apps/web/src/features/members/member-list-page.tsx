'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { Badge } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useRights } from '../query/use-rights.ts';
import { roleName } from '../roles/words.ts';
import { useTenant } from '../shell/tenant.tsx';
import { AddMember } from './add-member.tsx';
import { ChangeRole } from './change-role.tsx';
import { RemoveMember } from './remove-member.tsx';

export type Member = RouterOutputs['member']['list']['items'][number];

/** Who is in the tenant, and as what. */
export function MemberListPage() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const { can } = useRights();
  const filters = useUrlFilters();
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.member.list.queryOptions({ tenant, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  const mayManage = can('member:manage');
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Members"
        subtitle="A change of role or a removal holds from the person's next request on."
        actions={mayManage ? <AddMember /> : null}
      />
      <div className="flex flex-col gap-4">
        <QueryView query={query} failed="The members could not be loaded">
          {({ items, nextCursor }) => (
            <div className="flex flex-col gap-3">
              <DataTable
                caption="Members"
                columns={mayManage ? [...columns, actions] : columns}
                rows={items}
                rowKey={(member) => member.userId}
                emptyState={<EmptyState title="No members yet">Add people by the e-mail address of their account.</EmptyState>}
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

const columns = [
  {
    key: 'name',
    header: 'Name',
    cell: (member: Member) => (
      <span className="font-medium">
        {member.name} {member.isDisabled ? <Badge>Account disabled</Badge> : null}
      </span>
    ),
  },
  { key: 'email', header: 'E-mail', cell: (member: Member) => member.email },
  { key: 'role', header: 'Role', cell: (member: Member) => roleName[member.role] },
  { key: 'since', header: 'Member since', cell: (member: Member) => <Time at={member.createdAt} /> },
];

const actions = {
  key: 'actions',
  header: 'Change',
  isHeaderHidden: true,
  align: 'right' as const,
  cell: (member: Member) => (
    <span className="inline-flex gap-2">
      <ChangeRole member={member} />
      <RemoveMember member={member} />
    </span>
  ),
};
