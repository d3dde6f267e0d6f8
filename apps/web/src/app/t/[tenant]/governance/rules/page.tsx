import { RulesPage } from '../../../../../features/governance/rules/rules-page.tsx';

export const metadata = { title: 'Rules' };

export default function Page() {
  return <RulesPage />;
}
