'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { may } from '../approvals/abilities.ts';
import { useLive } from '../../api-client/live.tsx';

/** How many requests wait for the vote of the person on this page, live. */
export function useWaitingCount(slug: string): number {
  const api = useApi();
  const queryClient = useQueryClient();
  const inbox = useQuery(api.approval.inbox.queryOptions({ tenant: slug }));
  useLive(['tenant'], (frame) => {
    if (frame.type === 'approval.changed') void queryClient.invalidateQueries(api.approval.inbox.queryFilter({ tenant: slug }));
    if (frame.type === 'membership.changed') void queryClient.invalidateQueries(api.session.pathFilter());
  });
  return inbox.data?.items.filter((item) => may(item, 'approve')).length ?? 0;
}
