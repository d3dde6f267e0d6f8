import { ExemptionsPage } from '../../../../../features/governance/exemptions/exemptions-page.tsx';

export const metadata = { title: 'Exemptions' };

export default function Page() {
  return <ExemptionsPage />;
}
