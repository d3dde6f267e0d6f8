import { GatesPage } from '../../../../../features/governance/gates/gates-page.tsx';

export const metadata = { title: 'Gates' };

export default function Page() {
  return <GatesPage />;
}
