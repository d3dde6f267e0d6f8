import type { Metadata } from 'next';
import { DeploymentPage } from '../../../../../features/deployments/deployment-page.tsx';

export const metadata: Metadata = { title: 'Deployment' };

export default async function Page({ params }: { params: Promise<{ deployment: string }> }) {
  const { deployment } = await params;
  return <DeploymentPage deploymentId={deployment} />;
}
