'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Badge } from '@flow/ui/status';
import { Time } from '@flow/ui/time';

export type ApprovalItem = RouterOutputs['approval']['get'];

/** Who has voted, and how many are still missing. */
export function Votes({ item }: { item: ApprovalItem }) {
  const given = item.votes.filter((vote) => vote.answer === 'approve' && vote.counts).length;
  return (
    <div className="flex flex-col gap-2">
      <p>
        {given} of {item.requiredCount} {item.requiredCount === 1 ? 'approval' : 'approvals'}, by people other than the requester and the
        authors of the commit.
      </p>
      <ul className="flex flex-col gap-1 empty:hidden">
        {item.votes.map((vote) => (
          <li key={vote.userId} className="flex flex-wrap items-center gap-2">
            <Badge tone={vote.answer === 'approve' ? 'success' : 'danger'}>{vote.answer === 'approve' ? 'Approved' : 'Rejected'}</Badge>
            <span className="font-medium">{vote.userName}</span>
            {!vote.counts && <span className="text-muted">for an earlier content: does not count</span>}
            <span className="min-w-0 flex-1">{vote.comment}</span>
            <Time at={vote.createdAt} />
          </li>
        ))}
      </ul>
    </div>
  );
}
