import { ArtifactPage } from '../../../../../features/artifacts/artifact-page.tsx';

export const metadata = { title: 'Artifact' };

export default async function Page({ params }: { params: Promise<{ artifact: string }> }) {
  const { artifact } = await params;
  return <ArtifactPage key={artifact} artifactId={artifact} />;
}
