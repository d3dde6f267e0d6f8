'use client';

import { Button } from '@flow/ui/button';
import { TextField } from '@flow/ui/field';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { ShownSecret } from '../access/shown-secret.tsx';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { CheckMany } from '../governance/policy/check-many.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { kindOptions, toKinds } from './kinds.ts';

/** Adds a channel and shows the secret that its calls are signed with, once. */
export function CreateChannel() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const create = useMutation(
    api.notification.createChannel.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        form.clear();
        void queryClient.invalidateQueries(api.notification.pathFilter());
      },
    }),
  );
  const form = useFields({ name: '', url: '', kinds: kindOptions.map(({ value }) => value).join(',') }, create.error);
  return (
    <>
      <Button
        onClick={() => {
          create.reset();
          setIsOpen(true);
        }}
      >
        New channel
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="New channel"
        description="Flow calls this address with JSON whose field text a chat can show. The signature is that of Standard Webhooks."
        submitLabel="Make channel"
        isBusy={create.isPending}
        message={form.message}
        onSubmit={() => create.mutate({ tenant, name: form.values.name, url: form.values.url, kinds: toKinds(form.values.kinds) })}
      >
        <TextField label="Name" maxLength={60} hint="Such as Chat of the payments team" {...form.field('name')} />
        <TextField
          label="Address"
          type="url"
          hint="Begins with https://; addresses inside are called only if the operator allows them"
          {...form.field('url')}
        />
        <CheckMany legend="Told when" options={kindOptions} {...form.field('kinds')} />
      </FormDialog>
      {create.data === undefined ? null : (
        <ShownSecret
          title="The channel was made"
          description="With this secret the receiver checks that a call comes from Flow. It is shown this once."
          values={[{ label: 'Secret', value: create.data.secret }]}
          onClose={() => create.reset()}
        />
      )}
    </>
  );
}
