import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { ApprovalItem } from './abilities.ts';

export interface Voting {
  give: (item: ApprovalItem, answer: 'approve' | 'reject', comment: string) => void;
  isPending: boolean;
  /** What the last try ended with; undefined for nothing. */
  message: string | undefined;
}

/** Gives my answer to exactly what is shown: the vote carries its hash. */
export function useVote(onDone?: () => void): Voting {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const queryClient = useQueryClient();
  const { mutate, isPending, error } = useMutation(
    api.approval.vote.mutationOptions({
      onSuccess({ state }) {
        toast.success(outcomeText[state] ?? 'Your vote counts');
        void queryClient.invalidateQueries();
        onDone?.();
      },
      onError: (failure) => toast.error(faultOf(failure).message),
    }),
  );
  return {
    give: (item, answer, comment) => mutate({ tenant, approvalId: item.id, answer, comment, shownHash: item.subjectHash }),
    isPending,
    message: error === null ? undefined : faultOf(error).message,
  };
}

/** What became of the request, in a few words. */
export const outcomeText: Readonly<Record<string, string>> = { approved: 'Approved: it starts now', rejected: 'Rejected' };
