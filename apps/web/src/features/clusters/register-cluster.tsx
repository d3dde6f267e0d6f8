'use client';

import { Button } from '@flow/ui/button';
import { TextArea, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';

/** Registers a cluster from a pasted kubeconfig. Whatever in it would run or read something is refused by name, at the field. */
export function RegisterCluster() {
  const api = useApi();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const register = useMutation(
    api.cluster.register.mutationOptions({
      onSuccess: (_, { name }) => {
        setIsOpen(false);
        form.clear();
        toast(`${name} was registered and is being tested`);
        void queryClient.invalidateQueries(api.cluster.pathFilter());
      },
    }),
  );
  const form = useFields({ name: '', region: '', kubeconfig: '', context: '' }, register.error);
  const { context, ...given } = form.values;
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        Register cluster
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="Register cluster"
        description="Flow keeps the credential sealed and shows it to nobody, not even to you."
        submitLabel="Register"
        isBusy={register.isPending}
        message={form.message}
        onSubmit={() => register.mutate({ ...given, ...(context.trim() === '' ? {} : { context: context.trim() }) })}
      >
        <TextField label="Name" {...form.field('name')} />
        <TextField label="Region" hint="As waves name it, such as eu-west" {...form.field('region')} />
        <TextArea
          label="Kubeconfig"
          rows={8}
          spellCheck={false}
          autoComplete="off"
          hint="With the certificate of the cluster and a token or client certificate in it. Commands and paths to files are refused."
          {...form.field('kubeconfig')}
        />
        <TextField label="Context" hint="Left empty: the current context of the kubeconfig" {...form.field('context')} />
      </FormDialog>
    </>
  );
}
