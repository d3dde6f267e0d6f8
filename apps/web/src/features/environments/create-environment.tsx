'use client';

import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import { EnvironmentFields } from './environment-fields.tsx';
import { emptyTexts, readTexts } from './environment-texts.ts';
import type { EnvironmentTexts } from './environment-texts.ts';
import { NewTargets, filledTargets } from './new-targets.tsx';
import type { NewTarget } from './new-targets.tsx';

interface CreateEnvironmentProps {
  /** What the form begins with, unless it is empty. */
  initial?: EnvironmentTexts;
  onClose: () => void;
}

/** Makes an environment, from nothing or like another one. */
export function CreateEnvironmentDialog({ initial = emptyTexts, onClose }: CreateEnvironmentProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [faults, setFaults] = useState<Partial<Record<keyof EnvironmentTexts, string>>>({});
  const [targets, setTargets] = useState<readonly NewTarget[]>([{ clusterId: '', namespace: '' }]);
  const create = useMutation(
    api.environment.create.mutationOptions({
      onSuccess: (_, { name }) => {
        onClose();
        toast(`${name} was created`);
        void queryClient.invalidateQueries(api.environment.pathFilter());
      },
    }),
  );
  const form = useFields({ ...initial }, create.error);
  const submit = (): void => {
    const read = readTexts(form.values);
    setFaults(read.ok ? {} : read.faults);
    if (!read.ok) return;
    const { slug, kind } = form.values;
    create.mutate({ tenant, slug, kind: kindOf(kind), ...read.environment, targets: filledTargets(targets) });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title="Create environment"
      description="A stage on the promotion path, with a namespace in one cluster of each region."
      submitLabel="Create environment"
      isBusy={create.isPending}
      message={form.message}
      onSubmit={submit}
    >
      <EnvironmentFields form={form} faults={faults} isNew />
      <NewTargets targets={targets} onChange={setTargets} legend="Regions" prefix={`${tenant}-${form.values.slug}`} />
    </FormDialog>
  );
}

function kindOf(text: string): 'development' | 'staging' | 'production' | 'ephemeral' {
  return text === 'development' || text === 'production' || text === 'ephemeral' ? text : 'staging';
}
