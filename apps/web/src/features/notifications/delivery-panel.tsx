'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { Checkbox } from '@flow/ui/field';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { useTenant } from '../shell/tenant.tsx';
import { kindText } from './kinds.ts';

type Delivery = RouterOutputs['notification']['deliveries']['items'][number];

const states: Readonly<Record<Delivery['state'], { tone: Tone; label: string }>> = {
  waiting: { tone: 'waiting', label: 'Waiting' },
  sending: { tone: 'running', label: 'Sending' },
  sent: { tone: 'success', label: 'Sent' },
  dead: { tone: 'danger', label: 'Set aside' },
  unknown: { tone: 'warning', label: 'May have arrived' },
};

/** Every message on its way to one receiver: what was answered, and another try for what was set aside. */
export function DeliveryPanel() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const filters = useUrlFilters();
  const isAside = filters.get('aside') === 'yes';
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const only = isAside ? { states: ['dead' as const, 'unknown' as const] } : {};
  const query = useQuery(
    api.notification.deliveries.queryOptions({ tenant, limit: 30, ...place, ...only }, { placeholderData: keepPreviousData }),
  );
  return (
    <Panel
      title="Messages"
      isFlush
      actions={
        <Checkbox
          label="Only those set aside"
          checked={isAside}
          onChange={(event) => filters.set({ aside: event.target.checked ? 'yes' : '' })}
        />
      }
    >
      <QueryView query={query} failed="The messages could not be loaded">
        {({ items, nextCursor }) => (
          <div className="flex flex-col gap-3">
            <DataTable
              caption="Messages"
              columns={columnsOf(tenant)}
              rows={items}
              rowKey={(delivery) => delivery.id}
              emptyState={
                <EmptyState title={isAside ? 'Nothing was set aside' : 'No messages yet'}>
                  Messages to people and channels stand here with what their receiver answered.
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
    </Panel>
  );
}

function columnsOf(tenant: string) {
  return [
    {
      key: 'what',
      header: 'What',
      isWide: true,
      cell: ({ deploymentId, kind }: Delivery) => (
        <Link
          className="hover:underline"
          href={deploymentId === null ? `/t/${tenant}/governance/exemptions?view=all` : `/t/${tenant}/deployments/${deploymentId}`}
        >
          {kindText[kind]}
        </Link>
      ),
    },
    {
      key: 'to',
      header: 'To',
      cell: (delivery: Delivery) => `${delivery.receiverName} by ${delivery.route === 'email' ? 'mail' : 'a channel'}`,
    },
    { key: 'state', header: 'State', cell: ({ state }: Delivery) => <Status tone={states[state].tone} label={states[state].label} /> },
    {
      key: 'answer',
      header: 'Last try',
      isWide: true,
      cell: ({ answer, attempts, triedAt, nextAt, state }: Delivery) =>
        triedAt === null ? (
          'none yet'
        ) : (
          <span>
            {answer === '' ? 'under way' : answer}, {attempts === 1 ? 'first try' : `try ${attempts}`} <Time at={triedAt} />
            {state === 'waiting' && nextAt !== null ? (
              <>
                , next <Time at={nextAt} />
              </>
            ) : null}
          </span>
        ),
    },
    { key: 'at', header: 'Since', cell: ({ createdAt }: Delivery) => <Time at={createdAt} /> },
    {
      key: 'change',
      header: 'Change',
      isHeaderHidden: true,
      align: 'right' as const,
      cell: (delivery: Delivery) => (delivery.state === 'dead' || delivery.state === 'unknown' ? <Retry delivery={delivery} /> : null),
    },
  ];
}

function Retry({ delivery }: { delivery: Delivery }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const retry = useMutation(
    api.notification.retry.mutationOptions({
      onSuccess: () => {
        toast('It is sent again');
        void queryClient.invalidateQueries(api.notification.pathFilter());
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  return (
    <Button
      size="s"
      isBusy={retry.isPending}
      aria-label={`Send again: ${kindText[delivery.kind]} to ${delivery.receiverName}`}
      onClick={() => retry.mutate({ tenant, deliveryId: delivery.id })}
    >
      Send again
    </Button>
  );
}
