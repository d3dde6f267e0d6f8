import { AccessPage } from '../../../../../features/access/access-page.tsx';

export const metadata = { title: 'Tokens and webhooks' };

export default function Page() {
  return <AccessPage />;
}
