import { MatrixPage } from '../../../../features/promotion/matrix-page.tsx';

export const metadata = { title: 'Matrix' };

export default function Page() {
  return <MatrixPage />;
}
