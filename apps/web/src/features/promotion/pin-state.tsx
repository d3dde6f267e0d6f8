'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { Badge } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

type Service = RouterOutputs['service']['get'];
type Pin = Service['pins'][number];

interface PinPlace {
  service: { id: string; name: string };
  environment: { id: string; name: string };
}

interface PinStateProps {
  service: Service;
  environment: PinPlace['environment'];
}

/** Whether a person keeps the service at a version in an environment, and the button that does so or ends it. */
export function PinState({ service, environment }: PinStateProps) {
  const { can } = useRights();
  const [isOpen, setIsOpen] = useState(false);
  const pin = service.pins.find((one) => one.environmentId === environment.id);
  const runs = service.versions.some((one) => one.environmentId === environment.id);
  const close = (): void => setIsOpen(false);
  if (pin === undefined && !runs) return null;
  return (
    <span className="mt-1 flex flex-wrap items-center gap-2 text-xs font-normal">
      {pin === undefined ? null : <PinText pin={pin} />}
      {can('deployment:pin') ? (
        <Button
          size="s"
          aria-label={`${pin === undefined ? 'Pin' : 'Release the pin of'} ${service.name} in ${environment.name}`}
          onClick={() => setIsOpen(true)}
        >
          {pin === undefined ? 'Pin…' : 'Release…'}
        </Button>
      ) : null}
      {isOpen && pin === undefined ? <PinDialog service={service} environment={environment} onClose={close} /> : null}
      {isOpen && pin !== undefined ? <ReleaseDialog service={service} environment={environment} pin={pin} onClose={close} /> : null}
    </span>
  );
}

function PinText({ pin }: { pin: Pin }) {
  return (
    <span>
      <Badge tone="info">{`Pinned to ${pin.version}`}</Badge> {`${pin.placedByName}: ${pin.reason} `}
      <Time at={pin.placedAt} />
    </span>
  );
}

type DialogProps = PinPlace & { onClose: () => void };

function PinDialog({ service, environment, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const pin = useMutation(
    api.promotion.pin.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${service.name} stays where it is in ${environment.name}`);
        void queryClient.invalidateQueries(api.service.pathFilter());
      },
    }),
  );
  return (
    <ReasonDialog
      title={`Pin ${service.name} in ${environment.name}?`}
      description="It stays at the version that runs there: what automation asks for waits until somebody releases the pin. People are told, and decide for themselves."
      label="Why it stays"
      submitLabel="Pin"
      isBusy={pin.isPending}
      error={pin.error}
      onClose={onClose}
      onSubmit={(reason) => pin.mutate({ tenant, serviceId: service.id, environmentId: environment.id, reason })}
    />
  );
}

function ReleaseDialog({ service, environment, pin, onClose }: DialogProps & { pin: Pin }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const release = useMutation(
    api.promotion.releasePin.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`Automation goes on in ${environment.name}`);
        void queryClient.invalidateQueries(api.service.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Release the pin of ${service.name} in ${environment.name}?`}
      description={`${pin.placedByName} keeps it at ${pin.version}: ${pin.reason}. What automation asked for meanwhile goes on at once if nothing else holds it.`}
      confirmLabel="Release the pin"
      isBusy={release.isPending}
      error={release.error === null ? undefined : faultOf(release.error).message}
      onConfirm={() => release.mutate({ tenant, serviceId: service.id, environmentId: environment.id })}
    />
  );
}
