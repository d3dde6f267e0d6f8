import { MemberListPage } from '../../../../../features/members/member-list-page.tsx';

export const metadata = { title: 'Members' };

export default function Page() {
  return <MemberListPage />;
}
