'use client';

import { PageHeader } from '@flow/ui/panel';
import { useRights } from '../query/use-rights.ts';
import { TokenPanel } from './token-panel.tsx';
import { WebhookPanel } from './webhook-panel.tsx';

/** How programs come in: access tokens and signed webhooks. */
export function AccessPage() {
  const { can } = useRights();
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title="Tokens and webhooks"
        subtitle="How programs reach this tenant. A secret is shown once, when it is made; Flow keeps what it needs to check it."
      />
      {can('token:create') ? <TokenPanel /> : null}
      {can('webhook:manage') ? <WebhookPanel /> : null}
      {can('token:create') || can('webhook:manage') ? null : (
        <p className="text-muted">Your role does not include tokens or webhooks. A tenant admin can give you one that does.</p>
      )}
    </div>
  );
}
