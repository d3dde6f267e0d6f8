import { FreezePage } from '../../../../../../features/governance/freezes/freeze-page.tsx';

export const metadata = { title: 'Freeze' };

export default async function Page({ params }: { params: Promise<{ policy: string }> }) {
  const { policy } = await params;
  return <FreezePage key={policy} policyId={policy} />;
}
