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
  const api = useApi();
  const tenant = useTenant();
  const { data } = useQuery(api.session.me.queryOptions());
  const rights = data?.tenants.find((one) => one.slug === tenant.slug)?.rights ?? [];
  return { isPlatformAdmin: data?.isPlatformAdmin ?? false, can: (right) => rights.includes(right) };
}
