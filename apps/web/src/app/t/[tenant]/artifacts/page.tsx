import { ArtifactListPage } from '../../../../features/artifacts/artifact-list-page.tsx';

export const metadata = { title: 'Artifacts' };

export default function Page() {
  return <ArtifactListPage />;
}
