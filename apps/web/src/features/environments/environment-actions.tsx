'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';

type Environment = RouterOutputs['environment']['list'][number];

// The forms read and write YAML: that is loaded when one is opened.
const EditEnvironmentDialog = dynamic(() => import('./edit-environment.tsx').then((module) => module.EditEnvironmentDialog));
const CloneEnvironmentDialog = dynamic(() => import('./clone-environment.tsx').then((module) => module.CloneEnvironmentDialog));
const CreateEnvironmentDialog = dynamic(() => import('./create-environment.tsx').then((module) => module.CreateEnvironmentDialog));

/** What an admin can do with one environment. */
export function EnvironmentActions({ environment }: { environment: Environment }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [open, setOpen] = useState<'edit' | 'clone' | 'archive' | null>(null);
  const detail = useQuery({
    ...api.environment.get.queryOptions({ tenant, environment: environment.slug }),
    enabled: open === 'edit' || open === 'clone',
  });
  const close = (): void => setOpen(null);
  return (
    <span className="flex flex-wrap gap-2">
      <Button size="s" onClick={() => setOpen('edit')}>
        Edit
      </Button>
      <Button size="s" onClick={() => setOpen('clone')}>
        Clone
      </Button>
      <Button size="s" variant="danger" onClick={() => setOpen('archive')}>
        Archive
      </Button>
      {open === 'edit' && detail.data !== undefined ? <EditEnvironmentDialog environment={detail.data} onClose={close} /> : null}
      {open === 'clone' && detail.data !== undefined ? <CloneEnvironmentDialog environment={detail.data} onClose={close} /> : null}
      {open === 'archive' ? <ArchiveDialog environment={environment} onClose={close} /> : null}
    </span>
  );
}

/** The button that opens an empty form. */
export function CreateEnvironment() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        Create environment
      </Button>
      {isOpen ? <CreateEnvironmentDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function ArchiveDialog({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const archive = useMutation(
    api.environment.archive.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${environment.name} was archived`);
        void queryClient.invalidateQueries(api.environment.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Archive ${environment.name}?`}
      description="It leaves the promotion path and takes no deployments any more. Its history stays, and so does what runs in its namespaces."
      confirmLabel="Archive"
      tone="danger"
      isBusy={archive.isPending}
      error={archive.error === null ? undefined : faultOf(archive.error).message}
      onConfirm={() => archive.mutate({ tenant, environmentId: environment.id })}
    />
  );
}
