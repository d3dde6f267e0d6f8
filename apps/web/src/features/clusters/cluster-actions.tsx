'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import { AccessFields, accessOf, emptyAccess } from './access-fields.tsx';
import { PurposeFields, readPurposes } from './purposes.tsx';
import { TestCluster } from './test-cluster.tsx';

type Cluster = RouterOutputs['cluster']['getAny'];

interface DialogProps {
  cluster: Cluster;
  onClose: () => void;
}

/** What whoever runs the platform can do with a cluster. */
export function ClusterActions({ cluster }: { cluster: Cluster }) {
  const [open, setOpen] = useState<'purposes' | 'credential' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  return (
    <>
      <TestCluster cluster={cluster} />
      <Button onClick={() => setOpen('credential')}>Replace credential</Button>
      <Button onClick={() => setOpen('purposes')}>Change what it is for</Button>
      <Button variant="danger" onClick={() => setOpen('remove')}>
        Remove
      </Button>
      {open === 'credential' ? <ReplaceCredential cluster={cluster} onClose={close} /> : null}
      {open === 'purposes' ? <ChangePurposes cluster={cluster} onClose={close} /> : null}
      {open === 'remove' ? <RemoveCluster cluster={cluster} onClose={close} /> : null}
    </>
  );
}

function ReplaceCredential({ cluster, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const replace = useMutation(
    api.cluster.replaceCredential.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${cluster.name} has a new credential and is being tested`);
        void queryClient.invalidateQueries(api.cluster.pathFilter());
      },
    }),
  );
  const form = useFields({ ...emptyAccess, 'access.server': cluster.server }, replace.error);
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Replace the credential of ${cluster.name}`}
      description="The old one is forgotten at once. The address stays as it is: another one is another cluster."
      submitLabel="Replace and test"
      isBusy={replace.isPending}
      message={form.message}
      onSubmit={() => replace.mutate({ clusterId: cluster.id, access: accessOf(form.values) })}
    >
      <AccessFields form={form} />
    </FormDialog>
  );
}

function ChangePurposes({ cluster, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const change = useMutation(
    api.cluster.changePurposes.mutationOptions({
      onSuccess: () => {
        onClose();
        void queryClient.invalidateQueries(api.cluster.pathFilter());
      },
    }),
  );
  const form = useFields({ purposes: cluster.purposes.join(' ') }, change.error);
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`What ${cluster.name} is for`}
      description="Flow tests it for that at once, and follows nothing else there."
      submitLabel="Change and test"
      isBusy={change.isPending}
      message={form.message}
      onSubmit={() => change.mutate({ clusterId: cluster.id, purposes: readPurposes(form.values.purposes) })}
    >
      <PurposeFields {...form.field('purposes')} />
    </FormDialog>
  );
}

function RemoveCluster({ cluster, onClose }: DialogProps) {
  const api = useApi();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { slug } = useTenant();
  const remove = useMutation(
    api.cluster.remove.mutationOptions({
      onSuccess: () => {
        toast(`${cluster.name} was removed`);
        router.push(`/t/${slug}/admin/clusters`);
        void queryClient.invalidateQueries(api.cluster.listAll.queryFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Remove ${cluster.name}?`}
      description="Flow forgets its credential and follows it no more. Nothing in the cluster is touched, and its history here stays."
      confirmLabel="Remove"
      tone="danger"
      requireText={cluster.name}
      isBusy={remove.isPending}
      error={remove.error === null ? undefined : faultOf(remove.error).message}
      onConfirm={() => remove.mutate({ clusterId: cluster.id })}
    />
  );
}
