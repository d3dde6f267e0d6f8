import { ClusterPage } from '../../../../../../features/clusters/cluster-page.tsx';
import { NewClusterPage } from '../../../../../../features/clusters/new-cluster-page.tsx';

export const metadata = { title: 'Cluster' };

export default async function Page({ params }: { params: Promise<{ cluster: string }> }) {
  const { cluster } = await params;
  return cluster === 'new' ? <NewClusterPage /> : <ClusterPage key={cluster} clusterId={cluster} />;
}
