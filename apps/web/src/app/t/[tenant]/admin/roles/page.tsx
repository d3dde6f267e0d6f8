import { RoleListPage } from '../../../../../features/roles/role-list-page.tsx';

export const metadata = { title: 'Roles' };

export default function Page() {
  return <RoleListPage />;
}
