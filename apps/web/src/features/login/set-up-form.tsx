'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';

/** Makes the first platform admin of a new installation; the server takes it once. */
export function SetUpForm() {
  const api = useApi();
  const [fields, setFields] = useState({ name: '', email: '', password: '' });
  const setUp = useMutation(api.session.setUp.mutationOptions({ onSuccess: () => window.location.assign('/login') }));
  const fault = setUp.error === null ? null : faultOf(setUp.error);
  const bind = (field: keyof typeof fields) => ({
    value: fields[field],
    error: fault?.fields.get(field),
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [field]: event.target.value }),
  });
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 p-6">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">Set Flow up</h1>
        <p className="mt-1 text-muted">Nobody has an account yet. Make the first one: it runs the whole installation.</p>
      </div>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setUp.mutate(fields);
        }}
      >
        {fault !== null && (
          <Notice tone="danger" title="The account was not made">
            {fault.message}
          </Notice>
        )}
        <TextField label="Name" autoComplete="name" required {...bind('name')} />
        <TextField label="E-mail address" type="email" autoComplete="username" required {...bind('email')} />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          hint="At least 12 characters"
          required
          {...bind('password')}
        />
        <Button type="submit" variant="primary" isBusy={setUp.isPending}>
          Make the account
        </Button>
      </form>
    </main>
  );
}
