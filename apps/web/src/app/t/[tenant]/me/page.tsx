import { MyPage } from '../../../../features/me/my-page.tsx';

export const metadata = { title: 'My settings' };

export default function Page() {
  return <MyPage />;
}
