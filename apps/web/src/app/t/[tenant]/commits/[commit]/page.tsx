import { CommitPage } from '../../../../../features/promotion/commit-page.tsx';

export const metadata = { title: 'Commit' };

export default async function Page({ params }: { params: Promise<{ commit: string }> }) {
  const { commit } = await params;
  return <CommitPage key={commit} commit={commit} />;
}
