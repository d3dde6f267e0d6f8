'use client';

import { Avatar } from '@flow/ui/avatar';
import { Menu } from '@flow/ui/menu';
import { useQuery } from '@tanstack/react-query';
import { logOut } from './log-out.ts';
import { useApi } from '../../api-client/api.ts';

/** Who is logged in, and the way out. */
export function UserMenu({ slug, onHelp }: { slug: string; onHelp: () => void }) {
  const api = useApi();
  const me = useQuery(api.session.me.queryOptions());
  const name = me.data?.name ?? '';
  return (
    <Menu
      trigger={
        <button type="button" aria-label={`Account of ${name}`} className="rounded-full">
          <Avatar name={name} />
        </button>
      }
      items={[
        { label: name === '' ? 'Account' : `${name} · ${me.data?.email ?? ''}`, disabled: true },
        { label: 'Change the tenant', href: '/' },
        { label: 'Keys', onSelect: onHelp },
        { label: 'Members', href: `/t/${slug}/admin/members` },
        { label: 'Sign out', onSelect: () => void logOut() },
      ]}
    />
  );
}
