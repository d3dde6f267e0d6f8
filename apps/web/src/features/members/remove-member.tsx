'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Member } from './member-list-page.tsx';

/** Ends a membership, after a question. */
export function RemoveMember({ member }: { member: Member }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant, name } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    api.member.remove.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`${member.name} was removed`);
        void queryClient.invalidateQueries(api.member.list.queryFilter({ tenant }));
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
        title={`Remove ${member.name}?`}
        description={`From the next request on, ${member.name} sees nothing of ${name}. Their votes on open approvals stop counting; the audit log keeps what they did.`}
        confirmLabel="Remove"
        tone="danger"
        isBusy={remove.isPending}
        error={remove.error === null ? undefined : faultOf(remove.error).message}
        onConfirm={() => remove.mutate({ tenant, userId: member.userId })}
      />
    </>
  );
}
