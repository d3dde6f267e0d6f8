'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Group } from './group-list-page.tsx';

/** Removes a group, after a question. One that a policy asks stays: the server names the policy. */
export function RemoveGroup({ group }: { group: Group }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    api.group.remove.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`${group.name} was removed`);
        void queryClient.invalidateQueries(api.group.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button
        size="s"
        variant="danger"
        aria-label={`Remove ${group.name}`}
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
        title={`Remove ${group.name}?`}
        description="Its members stay members of the tenant."
        confirmLabel="Remove"
        tone="danger"
        isBusy={remove.isPending}
        error={remove.error === null ? undefined : faultOf(remove.error).message}
        onConfirm={() => remove.mutate({ tenant, groupId: group.id })}
      />
    </>
  );
}
