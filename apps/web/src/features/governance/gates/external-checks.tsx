'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { EmptyState } from '@flow/ui/feedback';
import { Checkbox, TextField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { ShownSecret } from '../../access/shown-secret.tsx';
import { FormDialog } from '../../form/form-dialog.tsx';
import { useFields } from '../../form/use-fields.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { toNumber } from './check-texts.ts';

type External = RouterOutputs['externalCheck']['list'][number];

/** The outside services that gates can ask. */
export function ExternalChecks() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  const query = useQuery(api.externalCheck.list.queryOptions({ tenant }));
  const mayManage = can('policy:manage') || isPlatformAdmin;
  return (
    <Panel title="External checks" actions={mayManage ? <AddExternal /> : null} isFlush>
      <QueryView query={query} failed="The external checks could not be loaded">
        {(externals) => (
          <DataTable
            caption="External checks"
            columns={mayManage ? [...columns, removing] : columns}
            rows={externals}
            rowKey={({ id }) => id}
            emptyState={
              <EmptyState title="No external check yet">
                An external check is a service of yours, such as a change board, that a gate asks whether a deployment may go on.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}

const columns = [
  { key: 'name', header: 'Name', cell: ({ name }: External) => <span className="font-medium">{name}</span> },
  { key: 'owner', header: 'Owner', cell: (external: External) => <Owner external={external} /> },
  {
    key: 'url',
    header: 'Address',
    isWide: true,
    cell: ({ url }: External) =>
      url === null ? <span className="text-muted">Known to those who run Flow</span> : <code className="text-xs break-all">{url}</code>,
  },
  { key: 'timeout', header: 'Answers within', cell: ({ timeoutSeconds }: External) => `${timeoutSeconds} s` },
  { key: 'retries', header: 'Tried again', cell: ({ retriesMax }: External) => (retriesMax === 1 ? 'once' : `${retriesMax} times`) },
  { key: 'later', header: 'Or later within', cell: ({ answerWithinMinutes }: External) => `${answerWithinMinutes} min` },
];

const removing = {
  key: 'remove',
  header: 'Change',
  isHeaderHidden: true,
  align: 'right' as const,
  cell: (external: External) => <Removal external={external} />,
};

/** Whose it is, as the list of gates says it. */
function Owner({ external: { isPlatform } }: { external: External }) {
  const { name } = useTenant();
  return isPlatform ? 'The platform' : name;
}

/** Each is taken away by those whose it is. */
function Removal({ external }: { external: External }) {
  const { can, isPlatformAdmin } = useRights();
  const isTheirs = external.isPlatform ? isPlatformAdmin : can('policy:manage');
  return isTheirs ? <RemoveExternal external={external} /> : null;
}

const empty = { name: '', url: '', timeoutSeconds: '30', retriesMax: '3', answerWithinMinutes: '1440', isForAll: '' };

function AddExternal() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const { can, isPlatformAdmin } = useRights();
  const onSuccess = (): void => {
    setIsOpen(false);
    form.clear();
    void queryClient.invalidateQueries(api.externalCheck.pathFilter());
  };
  const here = useMutation(api.externalCheck.create.mutationOptions({ onSuccess }));
  const everywhere = useMutation(api.externalCheck.createForAll.mutationOptions({ onSuccess }));
  const made = here.data ?? everywhere.data;
  const reset = (): void => {
    here.reset();
    everywhere.reset();
  };
  const form = useFields(empty, here.error ?? everywhere.error);
  const { name, url, timeoutSeconds, retriesMax, answerWithinMinutes } = form.values;
  const isForAll = form.values.isForAll === 'yes' || !can('policy:manage');
  const limits = {
    timeoutSeconds: Number(toNumber(timeoutSeconds)),
    retriesMax: Number(toNumber(retriesMax)),
    answerWithinMinutes: Number(toNumber(answerWithinMinutes)),
  };
  return (
    <>
      <Button
        size="s"
        onClick={() => {
          reset();
          setIsOpen(true);
        }}
      >
        New external check
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="New external check"
        description="Flow calls this address, signed as Standard Webhooks has it, with the facts of the deployment."
        submitLabel="Make external check"
        isBusy={here.isPending || everywhere.isPending}
        message={form.message}
        onSubmit={() => {
          const settings = { name, url, ...limits };
          reset();
          if (isForAll) everywhere.mutate(settings);
          else here.mutate({ tenant, ...settings });
        }}
      >
        <TextField label="Name" maxLength={60} hint="As people read it, such as Change board" {...form.field('name')} />
        <TextField
          label="Address"
          type="url"
          hint="Begins with https://; addresses inside are called only if the operator allows them"
          {...form.field('url')}
        />
        <TextField label="Answers within" hint="Seconds for one call, 60 at most" inputMode="numeric" {...form.field('timeoutSeconds')} />
        <TextField
          label="Tried again"
          hint="How often a call that failed is repeated, 6 at most"
          inputMode="numeric"
          {...form.field('retriesMax')}
        />
        <TextField
          label="A later answer comes within"
          hint="Minutes; after that it counts as no answer"
          inputMode="numeric"
          {...form.field('answerWithinMinutes')}
        />
        {isPlatformAdmin ? (
          <Checkbox
            label="Asked by the gates of the platform, in every tenant"
            checked={isForAll}
            disabled={!can('policy:manage')}
            onChange={(event) => form.field('isForAll').onChange({ target: { value: event.target.checked ? 'yes' : '' } })}
          />
        ) : null}
      </FormDialog>
      {made === undefined ? null : (
        <ShownSecret
          title="The external check was made"
          description="The service proves the calls of Flow with the first key, and signs an answer that comes later with the second. They are shown this once."
          values={[
            { label: 'Key of the calls', value: made.callKey },
            { label: 'Key of the answers', value: made.answerKey },
          ]}
          onClose={reset}
        />
      )}
    </>
  );
}

function RemoveExternal({ external: { id, name, isPlatform } }: { external: External }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const onSuccess = (): void => {
    setIsOpen(false);
    toast(`${name} was removed`);
    void queryClient.invalidateQueries(api.externalCheck.pathFilter());
  };
  const here = useMutation(api.externalCheck.remove.mutationOptions({ onSuccess }));
  const everywhere = useMutation(api.externalCheck.removeForAll.mutationOptions({ onSuccess }));
  const error = here.error ?? everywhere.error;
  return (
    <>
      <Button size="s" variant="danger" aria-label={`Remove ${name}`} onClick={() => setIsOpen(true)}>
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={`Remove ${name}?`}
        description="It is asked no more, its keys are forgotten, and answers that are still to come are refused."
        confirmLabel="Remove"
        tone="danger"
        isBusy={here.isPending || everywhere.isPending}
        error={error === null ? undefined : faultOf(error).message}
        onConfirm={() => (isPlatform ? everywhere.mutate({ externalId: id }) : here.mutate({ tenant, externalId: id }))}
      />
    </>
  );
}
