'use client';

import type { Right } from '@flow/core/rights';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useTenant } from '../shell/tenant.tsx';

export interface MyRights {
  isPlatformAdmin: boolean;
  /** Whether I hold this right in the tenant on the screen; false until it is known. */
  can: (right: Right) => boolean;
}

/** What I may do in the tenant on the screen, to show only buttons that work; the server checks each call itself. */
export function useRights(): MyRights {
  return useRightsIn(useTenant().slug);
}

/** What I may do in the tenant with this slug; nothing in one that I cannot open. */
export function useRightsIn(slug: string): MyRights {
  const api = useApi();
  const { data } = useQuery(api.session.me.queryOptions());
  const isPlatformAdmin = data?.isPlatformAdmin ?? false;
  const asMember = data?.tenants.find((one) => one.slug === slug)?.rights ?? [];
  const rights: readonly Right[] = [...asMember, ...(data?.rightsEverywhere ?? [])];
  return { isPlatformAdmin, can: (right) => rights.includes(right) };
}
