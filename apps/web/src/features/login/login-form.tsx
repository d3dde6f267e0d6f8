'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { useQuery } from '@tanstack/react-query';
import { signIn } from 'next-auth/react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { useHydrated } from '../form/use-hydrated.ts';

/** Log-in with a password, or by the company's provider. What was typed stays when it fails. */
export function LoginForm({ to, oidcName, error }: { to: string; oidcName: string | null; error: string | null }) {
  const api = useApi();
  const router = useRouter();
  const installation = useQuery(api.session.installation.queryOptions());
  // The browser keeps what is typed, also before the page is taken over.
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const isHydrated = useHydrated();
  const [message, setMessage] = useState(error);
  const [isBusy, setBusy] = useState(false);
  const isSetUp = installation.data?.isSetUp;
  useEffect(() => {
    if (isSetUp === false) router.replace('/setup');
  }, [isSetUp, router]);

  const logIn = async (): Promise<void> => {
    setBusy(true);
    setMessage(null);
    const given = { email: email.current?.value ?? '', password: password.current?.value ?? '' };
    const answer = await signIn('credentials', { ...given, redirect: false }).catch(() => undefined);
    if (answer?.ok === true) {
      window.location.assign(to);
      return;
    }
    setBusy(false);
    setMessage(answer?.error ?? 'Flow cannot be reached at the moment: try again');
  };

  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 p-6">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">Log in to Flow</h1>
        <p className="mt-1 text-muted">From a commit to a canary in every region.</p>
      </div>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void logIn();
        }}
      >
        {message !== null && (
          <Notice tone="danger" title="You are not logged in">
            {message}
          </Notice>
        )}
        <TextField label="E-mail address" type="email" autoComplete="username" required ref={email} />
        <TextField label="Password" type="password" autoComplete="current-password" required ref={password} />
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={!isHydrated}>
          Log in
        </Button>
      </form>
      {oidcName !== null && <Button onClick={() => void signIn('oidc', { callbackUrl: to })}>Log in with {oidcName}</Button>}
    </main>
  );
}
