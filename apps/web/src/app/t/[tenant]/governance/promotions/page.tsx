import { PromotionRulesPage } from '../../../../../features/governance/promotions/promotion-rules-page.tsx';

export const metadata = { title: 'Promotions' };

export default function Page() {
  return <PromotionRulesPage />;
}
