'use client';

import { Button } from '@flow/ui/button';
import { SelectField, TextField } from '@flow/ui/field';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ShownSecret } from './shown-secret.tsx';

const styles = [
  { value: 'github', label: 'GitHub, or another host that signs as GitHub does' },
  { value: 'gitlab', label: 'GitLab' },
];

/** Makes a webhook for one service and shows its address and its secret, once. */
export function CreateWebhook() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const create = useMutation(
    api.webhook.create.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        form.clear();
        void queryClient.invalidateQueries(api.webhook.list.queryFilter({ tenant }));
      },
    }),
  );
  const form = useFields({ serviceId: '', style: 'github' }, create.error);
  const typed = form.values.serviceId.trim();
  const services = useQuery({ ...api.service.list.queryOptions({ tenant, search: typed.slice(0, 100), limit: 20 }), enabled: isOpen });
  const chosen = services.data?.items.find((service) => service.slug === typed);
  return (
    <>
      <Button
        onClick={() => {
          create.reset();
          setIsOpen(true);
        }}
      >
        New webhook
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="New webhook"
        description="A push to the service's repository starts a run of its pipeline."
        submitLabel="Make webhook"
        isBusy={create.isPending}
        isDisabled={chosen === undefined}
        message={form.message}
        onSubmit={() =>
          chosen === undefined
            ? undefined
            : create.mutate({ tenant, serviceId: chosen.id, style: form.values.style === 'gitlab' ? 'gitlab' : 'github' })
        }
      >
        <TextField
          label="Service"
          list="webhook-services"
          autoComplete="off"
          hint={typed === '' || chosen !== undefined ? 'Its short name' : 'No service has this short name: choose one of the list'}
          {...form.field('serviceId')}
        />
        <datalist id="webhook-services">
          {services.data?.items.map((service) => (
            <option key={service.id} value={service.slug}>
              {service.name}
            </option>
          ))}
        </datalist>
        <SelectField label="How the host signs" options={styles} {...form.field('style')} />
      </FormDialog>
      {create.data === undefined || isOpen ? null : (
        <ShownSecret
          title="Your new webhook"
          description="Enter both at the git host, with JSON as content type and pushes as the event. The secret is not shown again."
          values={[
            { label: 'Address', value: `${window.location.origin}/api/webhooks/git/${create.data.sourceId}` },
            { label: 'Secret', value: create.data.secret },
          ]}
          onClose={() => create.reset()}
        />
      )}
    </>
  );
}
