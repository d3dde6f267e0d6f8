import type { Metadata } from 'next';
import { authPort } from '../../../server/auth-port.ts';
import { ownPath } from '../../auth/own-path.ts';
import { logInProblem } from '../../auth/problems.ts';
import { LoginForm } from '../../features/login/login-form.tsx';

export const metadata: Metadata = { title: 'Log in' };
// Whether single sign-on is offered is a setting of the running server.
export const dynamic = 'force-dynamic';

// A name that stands twice in the address comes as a list.
type Asked = string | string[];

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ to?: Asked; error?: Asked }> }) {
  const { to, error } = await searchParams;
  const { oidc } = authPort();
  return <LoginForm to={ownPath(to)} oidcName={oidc?.name ?? null} error={logInProblem(error)} />;
}
