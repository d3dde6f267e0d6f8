'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { ReasonDialog } from '../promotion/reason-dialog.tsx';
import { useTenant } from '../shell/tenant.tsx';
import type { DriftPlace } from './drift-panel.tsx';
import { placesText } from './drift-texts.ts';

interface ReapplyProps {
  service: { id: string; name: string };
  place: DriftPlace;
  /** Differences that nobody has adopted. */
  openCount: number;
}

/** Puts what differs in a region back as it was deployed, after a question. */
export function Reapply({ service, place, openCount }: ReapplyProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const where = placesText([place]);
  const isAsked = place.reapply?.state === 'asked';
  const reapply = useMutation(
    api.drift.reapply.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`What was deployed is applied again in ${where}`);
        void queryClient.invalidateQueries(api.drift.pathFilter());
      },
    }),
  );
  return (
    <>
      <Button size="s" isBusy={isAsked} aria-label={`Re-apply in ${where}`} onClick={() => setIsOpen(true)}>
        Re-apply…
      </Button>
      {isOpen ? (
        <ConfirmDialog
          open
          onOpenChange={setIsOpen}
          title={`Re-apply ${service.name} ${place.version} in ${where}?`}
          description={`${openCount === 1 ? 'The difference is' : `The ${openCount} differences are`} put back as deployed; what was adopted stays. If pods change by it, they go by the canary of the service.`}
          confirmLabel="Re-apply"
          isBusy={reapply.isPending}
          error={reapply.error === null ? undefined : faultOf(reapply.error).message}
          onConfirm={() => reapply.mutate({ tenant, serviceId: service.id, targetId: place.targetId })}
        />
      ) : null}
    </>
  );
}

interface AdoptProps {
  difference: DriftPlace['differences'][number];
  where: string;
}

/** Accepts a difference with a reason, or takes that back. */
export function AdoptDifference({ difference, where }: AdoptProps) {
  const [isOpen, setIsOpen] = useState(false);
  const isAdopted = difference.adoption !== null;
  const name = `${difference.object} ${difference.path}`.trim();
  const close = (): void => setIsOpen(false);
  const dialog = { driftId: difference.id, name, where, onClose: close };
  return (
    <>
      <Button
        size="s"
        aria-label={`${isAdopted ? 'Take back the adoption of' : 'Adopt'} ${name} in ${where}`}
        onClick={() => setIsOpen(true)}
      >
        {isAdopted ? 'Take back…' : 'Adopt…'}
      </Button>
      {isOpen && !isAdopted ? <AdoptDialog {...dialog} /> : null}
      {isOpen && isAdopted ? <DisownDialog {...dialog} /> : null}
    </>
  );
}

interface DialogProps {
  driftId: string;
  name: string;
  where: string;
  onClose: () => void;
}

function AdoptDialog({ driftId, name, where, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const adopt = useMutation(
    api.drift.adopt.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${name} stays as it is in ${where}`);
        void queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <ReasonDialog
      title={`Adopt ${name} in ${where}?`}
      description="It is told no more while it has this value, and stays when what was deployed is applied again. The next deployment may still change it."
      label="Why it may stay"
      submitLabel="Adopt"
      isBusy={adopt.isPending}
      error={adopt.error}
      onClose={onClose}
      onSubmit={(reason) => adopt.mutate({ tenant, driftId, reason })}
    />
  );
}

function DisownDialog({ driftId, name, where, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const disown = useMutation(
    api.drift.disown.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${name} counts as drift again in ${where}`);
        void queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Take back the adoption of ${name} in ${where}?`}
      description="It counts as drift again, and applying again what was deployed puts it back."
      confirmLabel="Take back"
      isBusy={disown.isPending}
      error={disown.error === null ? undefined : faultOf(disown.error).message}
      onConfirm={() => disown.mutate({ tenant, driftId })}
    />
  );
}
