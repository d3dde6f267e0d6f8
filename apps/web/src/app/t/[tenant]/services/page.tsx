import { ServiceListPage } from '../../../../features/services/service-list-page.tsx';

export const metadata = { title: 'Services' };

export default function Page() {
  return <ServiceListPage />;
}
