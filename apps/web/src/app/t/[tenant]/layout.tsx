import type { ReactNode } from 'react';
import { Shell } from '../../../features/shell/shell.tsx';

export default async function TenantLayout({ children, params }: { children: ReactNode; params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  return <Shell slug={tenant}>{children}</Shell>;
}
