'use client';

import type { RouterInputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { Notice, Skeleton } from '@flow/ui/feedback';
import { SelectField, TextArea, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { FormDialog } from '../../form/form-dialog.tsx';
import { useFields } from '../../form/use-fields.ts';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { durations } from './exemption-texts.ts';

/** What an exemption would open. */
export type ExemptionScope = RouterInputs['exemption']['ask']['scope'];

interface AskExemptionProps {
  policyId: string;
  /** What the policy says, to tell two buttons apart. */
  sentence: string;
  scope: ExemptionScope;
}

/** The way past one policy for one place: asked for, or taken in an emergency. */
export function AskExemption({ policyId, sentence, scope }: AskExemptionProps) {
  const { can } = useRights();
  const [isOpen, setIsOpen] = useState(false);
  if (!can('exemption:ask')) return null;
  return (
    <>
      <Button size="s" variant="ghost" aria-label={`Ask for an exemption from: ${sentence}`} onClick={() => setIsOpen(true)}>
        Ask for an exemption
      </Button>
      {isOpen ? <AskDialog policyId={policyId} scope={scope} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

type Needs = { sentence: string; maxMs: number; whyNot: string };

function AskDialog({ policyId, scope, onClose }: Omit<AskExemptionProps, 'sentence'> & { onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const needs = useQuery(api.exemption.needs.queryOptions({ tenant, policyId }));
  const ask = useMutation(
    api.exemption.ask.mutationOptions({
      onSuccess: ({ sentence }, { kind }) => {
        onClose();
        toast(kind === 'breakGlass' ? `The glass is broken. ${sentence}` : `Asked for. ${sentence}`);
        void queryClient.invalidateQueries();
      },
    }),
  );
  const form = useFields({ kind: 'planned', use: 'once', reason: '', ticket: '', lastsMinutes: '240' }, ask.error);
  const kind = form.values.kind === 'breakGlass' ? 'breakGlass' : 'planned';
  const use = form.values.use === 'forTime' ? 'forTime' : 'once';
  const { data } = needs;
  const submit = (): void => {
    const { reason, ticket, lastsMinutes } = form.values;
    ask.mutate({ tenant, policyId, scope, kind, use, reason, ticket, lastsMinutes: Number(lastsMinutes) });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isStillOpen) => (isStillOpen ? undefined : onClose())}
      title={data === undefined ? 'Ask for an exemption' : `An exemption from “${data.policyTitle}”`}
      description={`${opens(scope)} What it lets through is in the audit log, with your name and your words.`}
      submitLabel={kind === 'breakGlass' ? 'Break the glass' : 'Ask for it'}
      isBusy={ask.isPending}
      isDisabled={data === undefined || data[kind].whyNot !== ''}
      message={form.message}
      onSubmit={submit}
    >
      <SelectField
        label="Kind"
        options={[
          { value: 'planned', label: 'Planned: someone else gives it' },
          { value: 'breakGlass', label: 'Break-glass: an emergency, reviewed afterwards' },
        ]}
        {...form.field('kind')}
      />
      {data === undefined ? <Skeleton lines={1} /> : <WhatItNeeds needs={data[kind]} />}
      <TextArea label="Why" rows={2} maxLength={500} {...form.field('reason')} />
      <TextField label="Ticket" hint="Where there is one" maxLength={200} {...form.field('ticket')} />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label="Ends after" options={[...durations(data?.[kind].maxMs ?? 0)]} {...form.field('lastsMinutes')} />
        <SelectField
          label="Opens"
          options={[
            { value: 'once', label: 'once, for one deployment' },
            { value: 'forTime', label: 'as often as needed until then' },
          ]}
          {...form.field('use')}
        />
      </div>
    </FormDialog>
  );
}

function WhatItNeeds({ needs: { sentence, whyNot } }: { needs: Needs }) {
  return whyNot === '' ? <Notice tone="warning">{sentence}.</Notice> : <Notice tone="danger">{whyNot}.</Notice>;
}

function opens(scope: ExemptionScope): string {
  if (scope.kind === 'deployment') return 'It lets this deployment past, and nothing else.';
  return scope.artifactId === null
    ? 'It lets any version of the service past, in this environment.'
    : 'It lets this version past, in this environment, and nothing else.';
}
