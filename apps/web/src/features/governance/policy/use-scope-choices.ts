'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';

export type ScopeChoices = RouterOutputs['policy']['scopeChoices'];

const none: ScopeChoices = { services: [], environments: [], kinds: [], tiers: [], regions: [] };

/** What a scope can name in the tenant on the screen; nothing until it is known. */
export function useScopeChoices(): ScopeChoices {
  const api = useApi();
  const { slug: tenant } = useTenant();
  return useQuery(api.policy.scopeChoices.queryOptions({ tenant })).data ?? none;
}
