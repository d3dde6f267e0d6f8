'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { EditGroup, NewGroup } from './edit-group.tsx';
import { RemoveGroup } from './remove-group.tsx';

export type Group = RouterOutputs['group']['list'][number];

/** Groups of members, which approval policies and CODEOWNERS files name. */
export function GroupListPage() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const { can } = useRights();
  const query = useQuery(api.group.list.queryOptions({ tenant }));
  useLive([`tenant:${id}`]);
  const mayManage = can('member:manage');
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Groups"
        subtitle="Members who belong together. Approval policies ask them, and CODEOWNERS files can name them."
        actions={mayManage ? <NewGroup /> : null}
      />
      <QueryView query={query} failed="The groups could not be loaded">
        {(groups) => (
          <DataTable
            caption="Groups"
            columns={mayManage ? [...columns, actions] : columns}
            rows={groups}
            rowKey={(group) => group.id}
            emptyState={
              <EmptyState title="No groups yet">Make one, such as Security, and name it in an approval policy under Governance.</EmptyState>
            }
          />
        )}
      </QueryView>
    </div>
  );
}

const namesShown = 4;

function membersText({ members }: Group): string {
  if (members.length === 0) return 'nobody';
  const names = members.slice(0, namesShown).map(({ name, isDisabled }) => (isDisabled ? `${name} (account disabled)` : name));
  const rest = members.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ');
}

const columns = [
  {
    key: 'name',
    header: 'Name',
    cell: (group: Group) => (
      <span>
        <span className="font-medium">{group.name}</span>
        {group.description === '' ? null : <span className="text-muted block">{group.description}</span>}
      </span>
    ),
  },
  { key: 'members', header: 'Members', isWide: true, cell: membersText },
  {
    key: 'owners',
    header: 'In CODEOWNERS',
    cell: ({ ownersName }: Group) => (ownersName === '' ? <span className="text-muted">not named</span> : <code>@{ownersName}</code>),
  },
];

const actions = {
  key: 'actions',
  header: 'Change',
  isHeaderHidden: true,
  align: 'right' as const,
  cell: (group: Group) => (
    <span className="inline-flex gap-2">
      <EditGroup group={group} />
      <RemoveGroup group={group} />
    </span>
  ),
};
