'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { EmptyState } from '@flow/ui/feedback';
import { TextArea, TextField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { FormDialog } from '../../form/form-dialog.tsx';
import { useFields } from '../../form/use-fields.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';

type Key = RouterOutputs['evidence']['keys'][number];

/** The keys whose attestations gates believe. */
export function TrustedKeys() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const query = useQuery(api.evidence.keys.queryOptions({ tenant }));
  const mayManage = can('policy:manage');
  return (
    <Panel title="Keys that sign attestations" actions={mayManage ? <AddKey /> : null} isFlush>
      <QueryView query={query} failed="The keys could not be loaded">
        {(keys) => (
          <DataTable
            caption="Keys that sign attestations"
            columns={mayManage ? [...columns, removing] : columns}
            rows={keys}
            rowKey={({ id }) => id}
            emptyState={
              <EmptyState title="No key is trusted yet">
                A check of an attestation passes when an in-toto statement about the artifact is signed with a key that is trusted here.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}

const columns = [
  { key: 'name', header: 'Name', isWide: true, cell: ({ name }: Key) => <span className="font-medium">{name}</span> },
  { key: 'by', header: 'Trusted by', cell: ({ createdByName }: Key) => createdByName },
  { key: 'since', header: 'Since', cell: ({ createdAt }: Key) => <Time at={createdAt} /> },
];

const removing = {
  key: 'remove',
  header: 'Change',
  isHeaderHidden: true,
  align: 'right' as const,
  cell: (key: Key) => <RemoveKey trusted={key} />,
};

function AddKey() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const add = useMutation(
    api.evidence.trustKey.mutationOptions({
      onSuccess: (_, { name }) => {
        setIsOpen(false);
        form.clear();
        toast(`${name} is trusted`);
        void queryClient.invalidateQueries(api.evidence.pathFilter());
      },
    }),
  );
  const form = useFields({ name: '', publicKey: '' }, add.error);
  return (
    <>
      <Button size="s" onClick={() => setIsOpen(true)}>
        Trust a key
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="Trust a key"
        description="What it signs about an artifact counts as evidence from then on."
        submitLabel="Trust it"
        isBusy={add.isPending}
        message={form.message}
        onSubmit={() => add.mutate({ tenant, name: form.values.name, publicKey: form.values.publicKey })}
      >
        <TextField label="Name" hint="Whose it is, such as The build of Acme" maxLength={100} {...form.field('name')} />
        <TextArea label="Public key" hint="As PEM, such as cosign.pub" rows={5} spellCheck={false} {...form.field('publicKey')} />
      </FormDialog>
    </>
  );
}

function RemoveKey({ trusted: { id, name } }: { trusted: Key }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    api.evidence.removeKey.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        toast(`${name} is not trusted any more`);
        void queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <>
      <Button size="s" variant="danger" aria-label={`Trust ${name} no longer`} onClick={() => setIsOpen(true)}>
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Trust ${name} no longer?`}
        description="What it has signed counts no more: gates that passed by it hold what waits for them."
        confirmLabel="Remove"
        tone="danger"
        isBusy={remove.isPending}
        error={remove.error === null ? undefined : faultOf(remove.error).message}
        onConfirm={() => remove.mutate({ tenant, keyId: id })}
      />
    </>
  );
}
