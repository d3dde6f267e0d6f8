'use client';

import { role } from '@flow/core/rights';
import { Button } from '@flow/ui/button';
import { SelectField, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { roleOptions } from '../roles/words.ts';
import { useTenant } from '../shell/tenant.tsx';

/** Makes someone who has an account a member. */
export function AddMember() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant, name } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const add = useMutation(
    api.member.add.mutationOptions({
      onSuccess: (_, { email }) => {
        setIsOpen(false);
        form.clear();
        toast(`${email} is a member now`);
        void queryClient.invalidateQueries(api.member.list.queryFilter({ tenant }));
      },
    }),
  );
  const form = useFields({ email: '', role: 'viewer' }, add.error);
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        Add member
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="Add member"
        description={`Someone with an account becomes a member of ${name}. Accounts are made by platform admins, or by the first log-in with single sign-on.`}
        submitLabel="Add"
        isBusy={add.isPending}
        message={form.message}
        onSubmit={() => add.mutate({ tenant, email: form.values.email.trim(), role: role.parse(form.values.role) })}
      >
        <TextField label="E-mail" type="email" autoComplete="off" {...form.field('email')} />
        <SelectField label="Role" options={roleOptions} {...form.field('role')} />
      </FormDialog>
    </>
  );
}
