import { GuardrailsPage } from '../../../../../features/governance/guardrails/guardrails-page.tsx';

export const metadata = { title: 'Guardrails' };

export default function Page() {
  return <GuardrailsPage />;
}
