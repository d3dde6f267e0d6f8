import { RunPage } from '../../../../../features/runs/run-page.tsx';

export const metadata = { title: 'Run' };

export default async function Page({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return <RunPage key={run} runId={run} />;
}
