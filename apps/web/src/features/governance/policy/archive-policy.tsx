'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';

interface ArchivePolicyProps {
  policy: { id: string; kind: string; title: string; isPlatform: boolean };
  onArchived: () => void;
}

/** Takes a policy out of force, after a question. */
export function ArchivePolicy({ policy, onArchived }: ArchivePolicyProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const archived = {
    onSuccess: () => {
      setIsOpen(false);
      toast(`${policy.title} is no longer in force`);
      void queryClient.invalidateQueries(api.policy.pathFilter());
      onArchived();
    },
  };
  const here = useMutation(api.policy.archive.mutationOptions(archived));
  const everywhere = useMutation(api.policy.archiveForAll.mutationOptions(archived));
  const error = here.error ?? everywhere.error;
  return (
    <>
      <Button variant="danger" onClick={() => setIsOpen(true)}>
        Archive
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Archive ${policy.title}?`}
        description={`This ${policy.kind} is out of force at once${policy.isPlatform ? ', in every tenant' : ''}, and what it holds is looked at again. It cannot be put back in force, but what it said stays in the audit log.`}
        confirmLabel="Archive"
        tone="danger"
        isBusy={here.isPending || everywhere.isPending}
        error={error === null ? undefined : faultOf(error).message}
        onConfirm={() => {
          if (policy.isPlatform) everywhere.mutate({ policyId: policy.id });
          else here.mutate({ tenant, policyId: policy.id });
        }}
      />
    </>
  );
}
