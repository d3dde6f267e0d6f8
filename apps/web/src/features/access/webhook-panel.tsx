'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { CreateWebhook } from './create-webhook.tsx';
import { RemoveWebhook } from './remove-webhook.tsx';

type Webhook = RouterOutputs['webhook']['list']['items'][number];

/** Where signed pushes come in, for each service. */
export function WebhookPanel() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const query = useQuery(
    api.webhook.list.queryOptions(
      { tenant, limit: 20, ...(cursor === undefined ? {} : { cursor }) },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <Panel title="Webhooks" isFlush actions={<CreateWebhook />}>
      <QueryView query={query} failed="The webhooks could not be loaded">
        {({ items, nextCursor }) => (
          <div className="flex flex-col gap-3">
            <DataTable
              caption="Webhooks"
              columns={columnsOf(tenant)}
              rows={items}
              rowKey={(webhook) => webhook.id}
              emptyState={
                <EmptyState title="No webhooks yet">
                  A webhook lets GitHub or GitLab tell Flow of a push, so that a run starts by itself. Each delivery is signed and counts
                  once.
                </EmptyState>
              }
            />
            <Pager
              hasNewer={cursor !== undefined}
              hasOlder={nextCursor !== null}
              onNewer={() => setCursors((known) => known.slice(0, -1))}
              onOlder={() => setCursors((known) => (nextCursor === null ? known : [...known, nextCursor]))}
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
      key: 'service',
      header: 'Service',
      cell: ({ service }: Webhook) => (
        <Link data-row className="font-medium hover:underline" href={`/t/${tenant}/services/${service.slug}`}>
          {service.name}
        </Link>
      ),
    },
    { key: 'style', header: 'Signed as', cell: ({ style }: Webhook) => (style === 'github' ? 'GitHub' : 'GitLab') },
    { key: 'made', header: 'Made', cell: ({ createdAt }: Webhook) => <Time at={createdAt} /> },
    {
      key: 'last',
      header: 'Last delivery',
      cell: ({ lastDelivery }: Webhook) => (lastDelivery === null ? 'none yet' : <Time at={lastDelivery.receivedAt} />),
    },
    {
      key: 'change',
      header: 'Change',
      isHeaderHidden: true,
      align: 'right' as const,
      cell: (webhook: Webhook) => <RemoveWebhook webhook={webhook} />,
    },
  ];
}
