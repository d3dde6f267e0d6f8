'use client';

import { PageHeader } from '@flow/ui/panel';
import { useRights } from '../query/use-rights.ts';
import { ChannelPanel } from './channel-panel.tsx';
import { DeliveryPanel } from './delivery-panel.tsx';

/** Where the tenant is told of things, and what became of each message. */
export function NotificationsPage() {
  const { can } = useRights();
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Notifications" subtitle="Channels that are told of things, and what became of each message." />
      {can('webhook:manage') ? (
        <>
          <ChannelPanel />
          <DeliveryPanel />
        </>
      ) : (
        <p className="text-muted">
          Your role does not include notifications of the tenant. What you are told yourself is under My settings.
        </p>
      )}
    </div>
  );
}
