import { ComparePage } from '../../../../../features/promotion/compare-page.tsx';

export const metadata = { title: 'Compare environments' };

export default function Page() {
  return <ComparePage />;
}
