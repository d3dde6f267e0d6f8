import type { Metadata } from 'next';
import { InsightsPage } from '../../../../features/insight/insights-page.tsx';

export const metadata: Metadata = { title: 'Insights' };

export default function Page() {
  return <InsightsPage />;
}
