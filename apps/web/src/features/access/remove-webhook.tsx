'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';

/** Closes a webhook, after a question. */
export function RemoveWebhook({ webhook }: { webhook: { id: string; service: { name: string } } }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    api.webhook.remove.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`The webhook of ${webhook.service.name} was removed`);
        void queryClient.invalidateQueries(api.webhook.list.queryFilter({ tenant }));
      },
    }),
  );
  return (
    <>
      <Button
        size="s"
        variant="danger"
        onClick={() => {
          remove.reset();
          setIsOpen(true);
        }}
      >
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Remove the webhook of ${webhook.service.name}?`}
        description="Its deliveries are refused from now on, and pushes start no runs until there is another one."
        confirmLabel="Remove"
        tone="danger"
        isBusy={remove.isPending}
        error={remove.error === null ? undefined : faultOf(remove.error).message}
        onConfirm={() => remove.mutate({ tenant, sourceId: webhook.id })}
      />
    </>
  );
}
