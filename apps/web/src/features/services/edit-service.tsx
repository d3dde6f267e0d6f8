'use client';

import { formatValues, parseValues } from '@flow/core/configuration';
import { SelectField, TextArea, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Service } from './service-page.tsx';
import { tierOptions } from './tiers.ts';

/** Changes a service as it was when the dialog opened; nothing typed is lost when a save is refused. */
export function EditServiceDialog({ service, onClose }: { service: Service; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [valuesFault, setValuesFault] = useState<string | undefined>();
  const edit = useMutation(
    api.service.edit.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${service.name} was changed`);
        void queryClient.invalidateQueries(api.service.pathFilter());
      },
    }),
  );
  const form = useFields(textsOf(service), edit.error);
  const submit = (): void => {
    const { tier, chart, dependsOn, values, ...texts } = form.values;
    const read = parseValues(values);
    setValuesFault(read.ok ? undefined : read.faults.map((fault) => `${fault.path}: ${fault.message}`).join('. '));
    if (!read.ok) return;
    edit.mutate({
      tenant,
      serviceId: service.id,
      ...texts,
      tier: Number(tier),
      chart: chart.trim() === '' ? { kind: 'flow' } : { kind: 'repository', path: chart.trim() },
      dependsOn: dependsOn.split(/[\s,]+/).filter((slug) => slug !== ''),
      values: read.values,
    });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Edit ${service.name}`}
      description="What was asked for before keeps the configuration that it was asked with."
      submitLabel="Save"
      isBusy={edit.isPending}
      message={form.message}
      onSubmit={submit}
    >
      <TextField label="Name" {...form.field('name')} />
      <TextArea label="Description" rows={2} {...form.field('description')} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <TextField label="Owner" hint="The team to ask" {...form.field('owner')} />
        <SelectField label="Tier" options={tierOptions} {...form.field('tier')} />
      </div>
      <TextField label="Repository" {...form.field('repositoryUrl')} />
      <TextField label="Default branch" {...form.field('defaultBranch')} />
      <TextField label="Chart" hint="A folder of the repository; empty for the chart of Flow" {...form.field('chart')} />
      <TextField label="Depends on" hint="Addresses of services of this tenant, with commas between" {...form.field('dependsOn')} />
      <TextArea
        label="Values"
        rows={6}
        spellCheck={false}
        className="font-mono"
        hint="Helm values of this service in every environment, as YAML"
        {...form.field('values')}
        {...(valuesFault === undefined ? {} : { error: valuesFault })}
      />
    </FormDialog>
  );
}

function textsOf(service: Service) {
  const { name, description, owner, repositoryUrl, defaultBranch } = service;
  return {
    name,
    description,
    owner,
    repositoryUrl,
    defaultBranch,
    tier: String(service.tier),
    chart: service.chart.kind === 'flow' ? '' : service.chart.path,
    dependsOn: service.dependsOn.join(', '),
    values: formatValues(service.values),
  };
}
