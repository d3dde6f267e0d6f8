import { ChooseTenant } from '../features/shell/choose-tenant.tsx';

export default function RootPage() {
  return <ChooseTenant />;
}
