import { RunListPage } from '../../../../features/runs/run-list-page.tsx';

export const metadata = { title: 'Runs' };

export default function Page() {
  return <RunListPage />;
}
