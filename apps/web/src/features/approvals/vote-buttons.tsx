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
import type { ApprovalItem } from './votes.tsx';

/** Approve or reject exactly what is shown: the vote carries its hash. A rejection says why. */
export function VoteButtons({
  item,
  rejectRequest,
}: {
  item: ApprovalItem;
  rejectRequest?: { isOpen: boolean; onOpenChange: (open: boolean) => void };
}) {
  const api = useApi();
  const tenant = useTenant();
  const queryClient = useQueryClient();
  const [isOwnOpen, setOwnOpen] = useState(false);
  const isRejecting = rejectRequest?.isOpen ?? isOwnOpen;
  const setRejecting = rejectRequest?.onOpenChange ?? setOwnOpen;
  const vote = useMutation(
    api.approval.vote.mutationOptions({
      onSuccess(answer) {
        setRejecting(false);
        toast.success(
          answer.state === 'approved' ? 'Approved: it starts now' : answer.state === 'rejected' ? 'Rejected' : 'Your vote counts',
        );
        void queryClient.invalidateQueries();
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  if (!item.canVote) return <p className="text-muted mt-2">{item.whyNot}</p>;
  const send = (answer: 'approve' | 'reject', comment: string): void =>
    vote.mutate({ tenant: tenant.slug, approvalId: item.id, answer, comment, shownHash: item.subjectHash });
  return (
    <div className="mt-3 flex gap-2">
      <Button variant="primary" isBusy={vote.isPending} onClick={() => send('approve', '')}>
        Approve
        {rejectRequest !== undefined && <KeyHint>y</KeyHint>}
      </Button>
      <Button variant="danger" onClick={() => setRejecting(true)}>
        Reject
        {rejectRequest !== undefined && <KeyHint>n</KeyHint>}
      </Button>
      <ConfirmDialog
        open={isRejecting}
        onOpenChange={setRejecting}
        title={`Reject ${item.serviceName} ${item.version} to ${item.environmentName}?`}
        description="Nothing is deployed. The requester reads your reason."
        confirmLabel="Reject"
        tone="danger"
        commentLabel="Reason"
        isCommentRequired
        isBusy={vote.isPending}
        error={vote.error === null ? undefined : faultOf(vote.error).message}
        onConfirm={(comment) => send('reject', comment)}
      />
    </div>
  );
}
