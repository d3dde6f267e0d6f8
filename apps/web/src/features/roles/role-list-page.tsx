'use client';

import { EmptyState } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { rightText, roleName } from './words.ts';

/** What each role is for, and all that it may do. */
export function RoleListPage() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.role.list.queryOptions({ tenant }));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Roles" subtitle="A role holds in one tenant. Buttons, the API and the worker all read this one table." />
      <QueryView query={query} failed="The roles could not be loaded">
        {(roles) =>
          roles.length === 0 ? (
            <EmptyState title="No roles">This installation has none.</EmptyState>
          ) : (
            roles.map(({ role, sentence, rights }) => (
              <Panel key={role} title={roleName[role]}>
                <p className="mb-2">{sentence}.</p>
                <ul className="grid list-inside list-disc gap-1 sm:grid-cols-2">
                  {rights.map((right) => (
                    <li key={right}>{rightText[right]}</li>
                  ))}
                </ul>
              </Panel>
            ))
          )
        }
      </QueryView>
    </div>
  );
}
