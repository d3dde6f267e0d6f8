'use client';

import { EmptyState, Skeleton } from '@flow/ui/feedback';
import { PageHeader } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useApi } from '../../api-client/api.ts';

/** Goes straight to the only tenant of a person, and lets others choose. */
export function ChooseTenant() {
  const api = useApi();
  const router = useRouter();
  const tenants = useQuery(api.session.tenants.queryOptions({}));
  const me = useQuery(api.session.me.queryOptions());
  const only = tenants.data?.length === 1 ? tenants.data[0] : undefined;
  useEffect(() => {
    if (only !== undefined) router.replace(`/t/${only.slug}`);
  }, [only, router]);
  if (tenants.data === undefined || only !== undefined)
    return (
      <main className="mx-auto max-w-xl p-8">
        <Skeleton lines={4} />
      </main>
    );
  return (
    <main className="mx-auto max-w-xl p-8">
      <PageHeader title="Tenants" subtitle="Choose where you want to work" />
      {tenants.data.length === 0 ? (
        <EmptyState title="You are not a member of a tenant yet">
          Ask an admin of your team to add {me.data?.email ?? 'the e-mail address that you log in with'} under Members, then reload this
          page. Who runs Flow can make a new tenant for your team.
        </EmptyState>
      ) : (
        <ul className="mt-4 divide-y divide-line rounded-md border border-line bg-surface">
          {tenants.data.map((tenant) => (
            <li key={tenant.id}>
              <Link className="flex items-baseline justify-between p-3 hover:bg-raised" href={`/t/${tenant.slug}`}>
                <span className="font-medium">{tenant.name}</span>
                <span className="text-muted">{tenant.role ?? 'platform admin'}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}
