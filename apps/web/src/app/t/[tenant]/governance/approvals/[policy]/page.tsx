import { ApprovalPolicyPage } from '../../../../../../features/governance/approvals/approval-policies-page.tsx';

export const metadata = { title: 'Approval policy' };

export default async function Page({ params }: { params: Promise<{ policy: string }> }) {
  const { policy } = await params;
  return <ApprovalPolicyPage key={policy} policyId={policy} />;
}
