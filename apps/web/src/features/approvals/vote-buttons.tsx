'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { KeyHint } from '@flow/ui/kbd';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import { may, titleOf, whyNot } from './abilities.ts';
import type { ApprovalItem } from './abilities.ts';
import { useVote } from './use-vote.ts';

interface RejectRequest {
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What I can do to the request: approve or reject exactly what is shown, or take my vote back. A rejection says why. */
export function VoteButtons({ item, rejectRequest }: { item: ApprovalItem; rejectRequest?: RejectRequest }) {
  const [isOwnOpen, setOwnOpen] = useState(false);
  const isRejecting = rejectRequest?.isOpen ?? isOwnOpen;
  const setRejecting = rejectRequest?.onOpenChange ?? setOwnOpen;
  const vote = useVote(() => setRejecting(false));
  const isInInbox = rejectRequest !== undefined;
  if (may(item, 'withdraw')) return <Withdraw item={item} />;
  if (!may(item, 'reject')) return <p className="text-muted mt-2">{whyNot(item, 'reject')}</p>;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <Button
        variant="primary"
        isBusy={vote.isPending}
        disabled={!may(item, 'approve')}
        onClick={() => vote.give(item, 'approve', '')}
        className="min-h-11 sm:min-h-0"
      >
        Approve
        {isInInbox && <KeyHint>y</KeyHint>}
      </Button>
      <Button variant="danger" onClick={() => setRejecting(true)} className="min-h-11 sm:min-h-0">
        Reject
        {isInInbox && <KeyHint>n</KeyHint>}
      </Button>
      {may(item, 'approve') ? null : <span className="text-muted">{whyNot(item, 'approve')}</span>}
      <ConfirmDialog
        open={isRejecting}
        onOpenChange={setRejecting}
        title={`Reject ${titleOf(item)}?`}
        description="The requester reads your reason."
        confirmLabel="Reject"
        tone="danger"
        commentLabel="Reason"
        isCommentRequired
        isBusy={vote.isPending}
        error={vote.message}
        onConfirm={(comment) => vote.give(item, 'reject', comment)}
      />
    </div>
  );
}

function Withdraw({ item }: { item: ApprovalItem }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const queryClient = useQueryClient();
  const withdraw = useMutation(
    api.approval.withdraw.mutationOptions({
      onSuccess() {
        toast.success('Your vote was taken back');
        void queryClient.invalidateQueries();
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <Button isBusy={withdraw.isPending} onClick={() => withdraw.mutate({ tenant, approvalId: item.id })}>
        Take my vote back
      </Button>
      <span className="text-muted">While the request is open you can vote again.</span>
    </div>
  );
}
