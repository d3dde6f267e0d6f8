import { ClusterListPage } from '../../../../../features/clusters/cluster-list-page.tsx';

export const metadata = { title: 'Clusters' };

export default function Page() {
  return <ClusterListPage />;
}
