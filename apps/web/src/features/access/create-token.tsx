'use client';

import { scopeSentences, tokenScope } from '@flow/core/rights';
import type { TokenScope } from '@flow/core/rights';
import { Button } from '@flow/ui/button';
import { Checkbox, SelectField, TextField } from '@flow/ui/field';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import { ShownSecret } from './shown-secret.tsx';

const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '366', label: 'A year' },
];

/** Makes an access token and shows it, once. */
export function CreateToken() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const [scopes, setScopes] = useState<readonly TokenScope[]>(['read']);
  const create = useMutation(
    api.token.create.mutationOptions({
      onSuccess: () => {
        setIsOpen(false);
        form.clear();
        void queryClient.invalidateQueries(api.token.list.queryFilter({ tenant }));
      },
    }),
  );
  const form = useFields({ name: '', days: '90' }, create.error);
  const toggle = (scope: TokenScope): void =>
    setScopes((chosen) => (chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope]));
  return (
    <>
      <Button
        variant="primary"
        onClick={() => {
          create.reset();
          setIsOpen(true);
        }}
      >
        New token
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="New access token"
        description="It acts in your name in this tenant. When your role changes, so does what it may do; when you leave, it ends."
        submitLabel="Make token"
        isBusy={create.isPending}
        message={form.message}
        onSubmit={() => create.mutate({ tenant, name: form.values.name, scopes: [...scopes], days: Number(form.values.days) })}
      >
        <TextField label="Name" hint="What it is for, such as nightly-report" {...form.field('name')} />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-xs font-medium">What it may do</legend>
          {tokenScope.options.map((scope) => (
            <Checkbox
              key={scope}
              label={`${scope}: ${scopeSentences[scope]}`}
              checked={scopes.includes(scope)}
              onChange={() => toggle(scope)}
            />
          ))}
        </fieldset>
        <SelectField label="Ends after" options={lifetimes} {...form.field('days')} />
      </FormDialog>
      {create.data === undefined || isOpen ? null : (
        <ShownSecret
          title="Your new token"
          description="Copy it now: it is not shown again. Send it as the header Authorization: Bearer …"
          values={[{ label: 'Token', value: create.data.token }]}
          onClose={() => create.reset()}
        />
      )}
    </>
  );
}
