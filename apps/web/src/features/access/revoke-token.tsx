'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';

/** Ends a token at once, after a question. */
export function RevokeToken({ token }: { token: { id: string; name: string } }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const revoke = useMutation(
    api.token.revoke.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`${token.name} was revoked`);
        void queryClient.invalidateQueries(api.token.list.queryFilter({ tenant }));
      },
    }),
  );
  return (
    <>
      <Button
        size="s"
        variant="danger"
        onClick={() => {
          revoke.reset();
          setIsOpen(true);
        }}
      >
        Revoke
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Revoke ${token.name}?`}
        description="Programs that use it are refused from their next request on. It cannot be brought back."
        confirmLabel="Revoke"
        tone="danger"
        isBusy={revoke.isPending}
        error={revoke.error === null ? undefined : faultOf(revoke.error).message}
        onConfirm={() => revoke.mutate({ tenant, tokenId: token.id })}
      />
    </>
  );
}
