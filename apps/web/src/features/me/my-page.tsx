'use client';

import { PageHeader } from '@flow/ui/panel';
import { useTenant } from '../shell/tenant.tsx';
import { MySettings } from './my-settings.tsx';
import { StandIns } from './stand-ins.tsx';

/** What I am told in this tenant, and who votes in my place while I am away. */
export function MyPage() {
  const { name } = useTenant();
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="My settings" subtitle={`They hold in ${name}.`} />
      <StandIns />
      <MySettings />
    </div>
  );
}
