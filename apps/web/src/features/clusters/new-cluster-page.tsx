'use client';

import { Button } from '@flow/ui/button';
import { EmptyState, Notice } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { PageHeader, Panel } from '@flow/ui/panel';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useFields } from '../form/use-fields.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { AccessFields, accessOf, emptyAccess } from './access-fields.tsx';
import { AccessManifest } from './access-manifest.tsx';
import { PurposeFields, readPurposes } from './purposes.tsx';

/** Connects a cluster: what it is for, the account that Flow gets there, and how Flow gets in. What a test finds is on the page that follows. */
export function NewClusterPage() {
  const { slug } = useTenant();
  const { isPlatformAdmin } = useRights();
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <PageHeader
        title="Connect a cluster"
        subtitle="Flow tests it at once and shows what is missing, with the command that mends it."
        crumbs={[{ label: 'Clusters', href: `/t/${slug}/admin/clusters` }]}
      />
      {isPlatformAdmin ? (
        <NewClusterForm />
      ) : (
        <Panel>
          <EmptyState title="For platform admins">Clusters serve all tenants: ask whoever runs the platform to connect one.</EmptyState>
        </Panel>
      )}
    </div>
  );
}

function NewClusterForm() {
  const api = useApi();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { slug } = useTenant();
  const register = useMutation(
    api.cluster.register.mutationOptions({
      onSuccess: ({ clusterId }) => {
        void queryClient.invalidateQueries(api.cluster.pathFilter());
        router.push(`/t/${slug}/admin/clusters/${clusterId}`);
      },
    }),
  );
  const form = useFields({ name: '', region: '', purposes: 'pipelines releases', ...emptyAccess }, register.error);
  const { name, region } = form.values;
  const purposes = readPurposes(form.values.purposes);
  const isBusy = register.isPending || register.isSuccess;
  const shown = useRef<HTMLFormElement>(null);
  // A long form: what was objected to may be out of sight of the button.
  useEffect(() => {
    const field = register.error === null ? null : shown.current?.querySelector('[aria-invalid="true"]');
    if (field instanceof HTMLElement) field.focus();
  }, [register.error]);
  return (
    <form
      ref={shown}
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) register.mutate({ name, region, purposes, access: accessOf(form.values) });
      }}
    >
      <Panel title="1. What">
        <div className="flex flex-col gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField label="Name" autoComplete="off" {...form.field('name')} />
            <TextField label="Region" hint="As waves name it, such as eu-west" autoComplete="off" {...form.field('region')} />
          </div>
          <PurposeFields {...form.field('purposes')} />
        </div>
      </Panel>
      <Panel title="2. An account for Flow">
        <AccessManifest purposes={purposes} />
      </Panel>
      <Panel title="3. Access">
        <div className="flex flex-col gap-4">
          <AccessFields form={form} />
          <p className="text-muted text-xs">Flow keeps the credential sealed and shows it to nobody, not even to you.</p>
        </div>
      </Panel>
      {register.error === null ? null : (
        <Notice tone="danger">{form.message === '' ? faultOf(register.error).message : form.message}</Notice>
      )}
      <div>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          Connect and test
        </Button>
      </div>
    </form>
  );
}
