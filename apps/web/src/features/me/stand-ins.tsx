'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { NameStandIn } from './name-stand-in.tsx';

type StandIn = RouterOutputs['standIn']['list'][number];

/** Who votes in whose place: mine, and for those who manage members everyone's. */
export function StandIns() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const { can } = useRights();
  const query = useQuery(api.standIn.list.queryOptions({ tenant, isMine: !can('member:manage') }));
  useLive([`tenant:${id}`]);
  return (
    <Panel title="Stand-ins" isFlush actions={<NameStandIn />}>
      <QueryView query={query} failed="The stand-ins could not be loaded">
        {(standIns) => (
          <DataTable
            caption="Stand-ins"
            columns={columns}
            rows={standIns}
            rowKey={(one) => one.id}
            emptyState={
              <EmptyState title="Nobody stands in for anybody">
                Before you are away, name somebody who votes in your place for that time. They count as you: never beside you.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}

const columns = [
  { key: 'who', header: 'Away', cell: (one: StandIn) => <span className="font-medium">{one.userName}</span> },
  { key: 'for', header: 'Votes in their place', cell: (one: StandIn) => one.standInName },
  { key: 'from', header: 'From', cell: (one: StandIn) => <Time at={one.startsAt} /> },
  { key: 'to', header: 'Until', cell: (one: StandIn) => <Time at={one.endsAt} /> },
  {
    key: 'why',
    header: 'Why',
    isWide: true,
    cell: (one: StandIn) => (one.reason === '' ? <span className="text-muted">no reason given</span> : one.reason),
  },
  {
    key: 'change',
    header: 'Change',
    isHeaderHidden: true,
    align: 'right' as const,
    cell: (one: StandIn) => (one.canEnd ? <EndStandIn standIn={one} /> : null),
  },
];

function EndStandIn({ standIn }: { standIn: StandIn }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const end = useMutation(
    api.standIn.end.mutationOptions({
      onSuccess: () => {
        toast(`${standIn.standInName} does not stand in for ${standIn.userName} any more`);
        void queryClient.invalidateQueries(api.standIn.pathFilter());
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  return (
    <Button
      size="s"
      isBusy={end.isPending}
      aria-label={`Take back: ${standIn.standInName} for ${standIn.userName}`}
      onClick={() => end.mutate({ tenant, standInId: standIn.id })}
    >
      Take back
    </Button>
  );
}
