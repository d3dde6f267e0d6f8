import type { Metadata } from 'next';
import { authPort } from '../../../server/auth-port.ts';
import { logInProblem } from '../../auth/problems.ts';
import { LoginForm } from '../../features/login/login-form.tsx';

export const metadata: Metadata = { title: 'Log in' };
// Whether single sign-on is offered is a setting of the running server.
export const dynamic = 'force-dynamic';

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ to?: string; error?: string }> }) {
  const { to = '/', error } = await searchParams;
  const { oidc } = authPort();
  return <LoginForm to={to.startsWith('/') && !to.startsWith('//') ? to : '/'} oidcName={oidc?.name ?? null} error={logInProblem(error)} />;
}
