'use client';

import type { RouterInputs, RouterOutputs } from '@flow/api/client-types';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useTenant } from '../../shell/tenant.tsx';

export type PolicyKind = RouterInputs['policy']['save']['kind'];
export type PolicyRow = RouterOutputs['policy']['list']['items'][number];
export type PolicyDetail = RouterOutputs['policy']['get'];
export type PolicyDocument = RouterInputs['policy']['save']['document'];

interface PolicyToSave {
  kind: PolicyKind;
  /** What is changed, as it was shown; null for a new one. */
  policy: { id: string; revision: number; isPlatform: boolean } | null;
  /** A new one is for every tenant of the platform. */
  isForAll?: boolean;
  document: PolicyDocument;
  note: string;
}

export interface SavePolicy {
  save: (policy: PolicyToSave, onSaved?: (policyId: string) => void) => void;
  isPending: boolean;
  error: unknown;
  reset: () => void;
}

/** Puts a policy in force, or a new revision of one: in this tenant, or for all where it belongs to the platform. */
export function useSavePolicy(): SavePolicy {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const onSuccess = (): void => void queryClient.invalidateQueries(api.policy.pathFilter());
  const here = useMutation(api.policy.save.mutationOptions({ onSuccess }));
  const everywhere = useMutation(api.policy.saveForAll.mutationOptions({ onSuccess }));
  return {
    save: ({ kind, policy, isForAll = false, document, note }, onSaved) => {
      const given = { kind, document, note, ...(policy === null ? {} : { policyId: policy.id, seenRevision: policy.revision }) };
      const done = { onSuccess: (saved: { policyId: string }) => onSaved?.(saved.policyId) };
      here.reset();
      everywhere.reset();
      if (policy?.isPlatform ?? isForAll) everywhere.mutate(given, done);
      else here.mutate({ tenant, ...given }, done);
    },
    isPending: here.isPending || everywhere.isPending,
    error: here.error ?? everywhere.error,
    reset: () => {
      here.reset();
      everywhere.reset();
    },
  };
}
