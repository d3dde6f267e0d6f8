import { FreezesPage } from '../../../../../features/governance/freezes/freezes-page.tsx';

export const metadata = { title: 'Freezes' };

export default function Page() {
  return <FreezesPage />;
}
