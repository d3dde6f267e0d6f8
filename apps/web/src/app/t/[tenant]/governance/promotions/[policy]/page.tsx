import { PromotionRulePage } from '../../../../../../features/governance/promotions/promotion-rules-page.tsx';

export const metadata = { title: 'Promotion rule' };

export default async function Page({ params }: { params: Promise<{ policy: string }> }) {
  const { policy } = await params;
  return <PromotionRulePage key={policy} policyId={policy} />;
}
