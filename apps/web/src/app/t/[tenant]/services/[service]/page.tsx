import { ServicePage } from '../../../../../features/services/service-page.tsx';

export const metadata = { title: 'Service' };

export default async function Page({ params }: { params: Promise<{ service: string }> }) {
  const { service } = await params;
  return <ServicePage key={service} service={service} />;
}
