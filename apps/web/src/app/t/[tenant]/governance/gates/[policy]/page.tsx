import { GatePage } from '../../../../../../features/governance/gates/gates-page.tsx';

export const metadata = { title: 'Gate' };

export default async function Page({ params }: { params: Promise<{ policy: string }> }) {
  const { policy } = await params;
  return <GatePage key={policy} policyId={policy} />;
}
