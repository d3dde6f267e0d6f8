'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import { EnvironmentFields } from './environment-fields.tsx';
import { readTexts, textsOf } from './environment-texts.ts';
import type { EnvironmentTexts } from './environment-texts.ts';
import { NewTargets, filledTargets } from './new-targets.tsx';
import type { NewTarget } from './new-targets.tsx';

interface EditEnvironmentProps {
  environment: RouterOutputs['environment']['get'];
  onClose: () => void;
}

/** Changes an environment as it was when the dialog opened; an edit of someone else in between is told, and nothing typed is lost. */
export function EditEnvironmentDialog({ environment, onClose }: EditEnvironmentProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [faults, setFaults] = useState<Partial<Record<keyof EnvironmentTexts, string>>>({});
  const [targets, setTargets] = useState<readonly NewTarget[]>([]);
  const edit = useMutation(
    api.environment.edit.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${environment.name} was changed`);
        void queryClient.invalidateQueries(api.environment.pathFilter());
      },
    }),
  );
  const form = useFields(textsOf(environment), edit.error);
  const submit = (): void => {
    const read = readTexts(form.values, environment.strategy.analysis);
    setFaults(read.ok ? {} : read.faults);
    if (!read.ok) return;
    const { id: environmentId, version } = environment;
    edit.mutate({ tenant, environmentId, version, ...read.environment, targets: filledTargets(targets) });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Edit ${environment.name}`}
      description="What was asked for before keeps the plan and the configuration that it was asked with."
      submitLabel="Save"
      isBusy={edit.isPending}
      message={form.message}
      onSubmit={submit}
    >
      <EnvironmentFields form={form} faults={faults} isNew={false} />
      <NewTargets targets={targets} onChange={setTargets} legend="More regions" prefix={`${tenant}-${environment.slug}`} />
    </FormDialog>
  );
}
