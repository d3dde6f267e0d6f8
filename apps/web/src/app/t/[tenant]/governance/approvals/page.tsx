import { ApprovalPoliciesPage } from '../../../../../features/governance/approvals/approval-policies-page.tsx';

export const metadata = { title: 'Approval policies' };

export default function Page() {
  return <ApprovalPoliciesPage />;
}
