import { GuardrailPage } from '../../../../../../features/governance/guardrails/guardrails-page.tsx';

export const metadata = { title: 'Guardrail' };

export default async function Page({ params }: { params: Promise<{ policy: string }> }) {
  const { policy } = await params;
  return <GuardrailPage key={policy} policyId={policy} />;
}
