import { LedgerPage } from '../../../../../features/governance/ledger/ledger-page.tsx';

export const metadata = { title: 'Ledger' };

export default function Page() {
  return <LedgerPage />;
}
