'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { Notice } from '@flow/ui/feedback';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import { titleOf } from './abilities.ts';
import type { ApprovalItem } from './abilities.ts';

interface BulkBarProps {
  items: readonly ApprovalItem[];
  onClear: () => void;
}

/** One answer with one comment to all that are chosen. What was not taken of them is told one by one. */
export function BulkBar({ items, onClear }: BulkBarProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const queryClient = useQueryClient();
  const [answer, setAnswer] = useState<'approve' | 'reject' | null>(null);
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  const voting = useMutation(
    api.approval.voteMany.mutationOptions({
      onSuccess(outcomes) {
        const refused = outcomes.filter((one) => one.refusal !== '');
        setRefusals(refused.map((one) => `${nameOf(items, one.approvalId)}: ${one.refusal}`));
        toast.success(`${outcomes.length - refused.length} of ${outcomes.length} answers were taken`);
        setAnswer(null);
        onClear();
        void queryClient.invalidateQueries();
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  const send = (comment: string): void => {
    if (answer === null) return;
    const votes = items.map((item) => ({ approvalId: item.id, shownHash: item.subjectHash }));
    voting.mutate({ tenant, votes, answer, comment });
  };
  return (
    <>
      {refusals.length === 0 ? null : (
        <Notice tone="warning" title="Some answers were not taken">
          <ul className="list-disc pl-5">
            {refusals.map((refusal) => (
              <li key={refusal}>{refusal}</li>
            ))}
          </ul>
        </Notice>
      )}
      {items.length === 0 ? null : (
        <div
          role="toolbar"
          aria-label="Chosen requests"
          className="bg-raised flex flex-wrap items-center gap-2 rounded-md border border-line p-2"
        >
          <span className="px-1 font-medium">{items.length} chosen</span>
          <Button size="s" variant="primary" onClick={() => setAnswer('approve')}>
            Approve all
          </Button>
          <Button size="s" variant="danger" onClick={() => setAnswer('reject')}>
            Reject all
          </Button>
          <Button size="s" variant="ghost" onClick={onClear}>
            Clear
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={answer !== null}
        onOpenChange={(isOpen) => (isOpen ? undefined : setAnswer(null))}
        title={`${answer === 'reject' ? 'Reject' : 'Approve'} ${items.length} ${items.length === 1 ? 'request' : 'requests'}?`}
        description={items.map(titleOf).join('; ')}
        confirmLabel={answer === 'reject' ? 'Reject all' : 'Approve all'}
        tone={answer === 'reject' ? 'danger' : 'primary'}
        commentLabel={answer === 'reject' ? 'Reason, for all of them' : 'Comment, for all of them'}
        isCommentRequired={answer === 'reject'}
        isBusy={voting.isPending}
        error={voting.error === null ? undefined : faultOf(voting.error).message}
        onConfirm={send}
      />
    </>
  );
}

function nameOf(items: readonly ApprovalItem[], id: string): string {
  const item = items.find((one) => one.id === id);
  return item === undefined ? id : titleOf(item);
}
