import { JobsPage } from '../../../../../features/jobs/jobs-page.tsx';

export const metadata = { title: 'Jobs' };

export default function Page() {
  return <JobsPage />;
}
