import { GroupListPage } from '../../../../../features/groups/group-list-page.tsx';

export const metadata = { title: 'Groups' };

export default function Page() {
  return <GroupListPage />;
}
