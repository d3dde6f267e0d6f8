'use client';

import { Button } from '@flow/ui/button';
import { SelectField, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { FormDialog } from '../../form/form-dialog.tsx';
import { useFields } from '../../form/use-fields.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { severityOf, severityShown } from './severity.ts';

const severities = Object.entries(severityShown).map(([value, { label }]) => ({ value, label }));

/** Says that a service is in trouble. */
export function OpenIncident() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        Open incident
      </Button>
      {isOpen ? <OpenIncidentDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function OpenIncidentDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const listId = useId();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const open = useMutation(
    api.incident.open.mutationOptions({
      onSuccess: (_, { title }) => {
        onClose();
        toast(`${title}: opened`);
        void queryClient.invalidateQueries(api.incident.pathFilter());
      },
    }),
  );
  const form = useFields({ title: '', serviceId: '', severity: 'major' }, open.error);
  const typed = form.values.serviceId.trim();
  const services = useQuery(api.service.list.queryOptions({ tenant, search: typed.slice(0, 100), limit: 20 }));
  const chosen = services.data?.items.find((service) => service.slug === typed);
  const submit = (): void => {
    if (chosen !== undefined)
      open.mutate({ tenant, title: form.values.title, serviceId: chosen.id, severity: severityOf(form.values.severity) });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isStillOpen) => (isStillOpen ? undefined : onClose())}
      title="Open an incident"
      description="What the rules hold while it is open is looked at at once."
      submitLabel="Open incident"
      isBusy={open.isPending}
      isDisabled={chosen === undefined}
      message={form.message}
      onSubmit={submit}
    >
      <TextField label="What happens" maxLength={200} {...form.field('title')} />
      <TextField
        label="Service"
        list={listId}
        autoComplete="off"
        hint={typed === '' || chosen !== undefined ? 'Its short name' : 'No service has this short name: choose one of the list'}
        {...form.field('serviceId')}
      />
      <datalist id={listId}>
        {services.data?.items.map((service) => (
          <option key={service.id} value={service.slug}>
            {service.name}
          </option>
        ))}
      </datalist>
      <SelectField label="Severity" options={severities} {...form.field('severity')} />
    </FormDialog>
  );
}
