import { RulePage } from '../../../../../../features/governance/rules/rule-page.tsx';

export const metadata = { title: 'Rule' };

export default async function Page({ params }: { params: Promise<{ policy: string }> }) {
  const { policy } = await params;
  return <RulePage key={policy} policyId={policy} />;
}
