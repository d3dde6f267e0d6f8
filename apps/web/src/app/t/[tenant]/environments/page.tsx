import { EnvironmentListPage } from '../../../../features/environments/environment-list-page.tsx';

export const metadata = { title: 'Environments' };

export default function Page() {
  return <EnvironmentListPage />;
}
