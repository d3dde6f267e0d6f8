import { IncidentsPage } from '../../../../../features/governance/incidents/incidents-page.tsx';

export const metadata = { title: 'Incidents' };

export default function Page() {
  return <IncidentsPage />;
}
