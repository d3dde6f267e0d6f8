'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { EmptyState } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { CreateChannel } from './create-channel.tsx';
import { kindText } from './kinds.ts';

type Channel = RouterOutputs['notification']['channels'][number];

/** Web addresses that are told of things, each call signed. */
export function ChannelPanel() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.notification.channels.queryOptions({ tenant }));
  return (
    <Panel title="Channels" isFlush actions={<CreateChannel />}>
      <QueryView query={query} failed="The channels could not be loaded">
        {(channels) => (
          <DataTable
            caption="Channels"
            columns={columns}
            rows={channels}
            rowKey={(channel) => channel.id}
            emptyState={
              <EmptyState title="No channels yet">
                A channel is a web address of a chat or of a gateway to mail. Flow calls it when something happens, signs each call, and
                tries again when it does not answer.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}

const columns = [
  { key: 'name', header: 'Name', cell: (channel: Channel) => <span className="font-medium">{channel.name}</span> },
  { key: 'url', header: 'Address', isWide: true, cell: (channel: Channel) => <code className="text-xs break-all">{channel.url}</code> },
  { key: 'kinds', header: 'Told when', isWide: true, cell: (channel: Channel) => channel.kinds.map((kind) => kindText[kind]).join('; ') },
  { key: 'made', header: 'Made', cell: (channel: Channel) => <Time at={channel.createdAt} /> },
  {
    key: 'change',
    header: 'Change',
    isHeaderHidden: true,
    align: 'right' as const,
    cell: (channel: Channel) => <RemoveChannel channel={channel} />,
  },
];

function RemoveChannel({ channel }: { channel: Channel }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    api.notification.removeChannel.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`${channel.name} was removed`);
        void queryClient.invalidateQueries(api.notification.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button size="s" variant="danger" aria-label={`Remove ${channel.name}`} onClick={() => setIsOpen(true)}>
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Remove ${channel.name}?`}
        description="Nothing is sent to it any more, and its secret is forgotten."
        confirmLabel="Remove"
        tone="danger"
        isBusy={remove.isPending}
        error={remove.error === null ? undefined : faultOf(remove.error).message}
        onConfirm={() => remove.mutate({ tenant, channelId: channel.id })}
      />
    </>
  );
}
