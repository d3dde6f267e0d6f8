'use client';

import { FlowError } from '@flow/core/fault';
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../../api-client/api.ts';

export interface CurrentTenant {
  id: string;
  slug: string;
  name: string;
  /** Null for a platform admin who looks in from outside. */
  role: string | null;
}

const TenantContext = createContext<CurrentTenant | null>(null);

export function TenantProvider({ tenant, children }: { tenant: CurrentTenant; children: ReactNode }) {
  return <TenantContext value={tenant}>{children}</TenantContext>;
}

/** The tenant of this page. */
export function useTenant(): CurrentTenant {
  const tenant = useContext(TenantContext);
  if (tenant === null) throw new FlowError({ code: 'internal', message: 'useTenant works below the shell of a tenant only' });
  return tenant;
}

/** The tenant with this slug among those that the person can open; `undefined` while it is asked, `null` when there is none. */
export function useFindTenant(slug: string): CurrentTenant | null | undefined {
  const api = useApi();
  const tenants = useQuery(api.session.tenants.queryOptions({}));
  if (tenants.data === undefined) return undefined;
  return tenants.data.find((tenant) => tenant.slug === slug) ?? null;
}
