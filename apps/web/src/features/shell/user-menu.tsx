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
      label={name === '' ? 'Account' : `Account of ${name}`}
      heading={name === '' ? 'Account' : `${name} · ${me.data?.email ?? ''}`}
      items={[
        { label: 'Change the tenant', href: '/' },
        { label: 'Keys', onSelect: onHelp },
        { label: 'My settings and stand-in', href: `/t/${slug}/me` },
        { label: 'Members', href: `/t/${slug}/admin/members` },
        { label: 'Sign out', onSelect: () => void logOut() },
      ]}
    >
      <Avatar name={name} />
    </Menu>
  );
}
