import { NotificationsPage } from '../../../../../features/notifications/notifications-page.tsx';

export const metadata = { title: 'Notifications' };

export default function Page() {
  return <NotificationsPage />;
}
