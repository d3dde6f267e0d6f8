'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';

interface CloseIncidentProps {
  incident: { id: string; title: string; service: { name: string } };
}

/** Says that it is over, after a question: what waited for it goes on by itself. */
export function CloseIncident({ incident }: CloseIncidentProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const close = useMutation(
    api.incident.close.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`${incident.title}: closed`);
        void queryClient.invalidateQueries(api.incident.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button size="s" aria-label={`Close the incident: ${incident.title}`} onClick={() => setIsOpen(true)}>
        Close
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Close “${incident.title}”?`}
        description={`Deployments of ${incident.service.name}, and of services that call it, go on by themselves if nothing else holds them.`}
        confirmLabel="Close incident"
        isBusy={close.isPending}
        error={close.error === null ? undefined : faultOf(close.error).message}
        onConfirm={() => close.mutate({ tenant, incidentId: incident.id })}
      />
    </>
  );
}
