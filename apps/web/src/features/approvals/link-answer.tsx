'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import { outcomeText } from './use-vote.ts';

/** The answer that a link in a message has chosen: it is given only when the person confirms it here. */
export function LinkAnswer({ link, title, onDone }: { link: string; title: string; onDone: () => void }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const queryClient = useQueryClient();
  const [comment, setComment] = useState('');
  const opened = useQuery(api.approval.openLink.queryOptions({ tenant, link }, { retry: false }));
  const vote = useMutation(
    api.approval.voteByLink.mutationOptions({
      onSuccess({ state }) {
        toast.success(outcomeText[state] ?? 'Your vote counts');
        void queryClient.invalidateQueries();
        onDone();
      },
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  if (opened.error !== null) return <Notice tone="warning">{faultOf(opened.error).message}</Notice>;
  if (opened.data === undefined) return null;
  const { answer, whyNot } = opened.data;
  if (whyNot !== '') return <Notice tone="warning">{whyNot}</Notice>;
  const isYes = answer === 'approve';
  return (
    <Notice tone="info" title={`Your link says: ${isYes ? 'approve' : 'reject'} ${title}`}>
      <form
        className="text-text flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          vote.mutate({ tenant, link, comment });
        }}
      >
        <div className="min-w-48 flex-1">
          <TextField
            label={isYes ? 'Comment' : 'Reason'}
            required={!isYes}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        </div>
        <Button type="submit" variant={isYes ? 'primary' : 'danger'} isBusy={vote.isPending} disabled={!isYes && comment.trim() === ''}>
          {isYes ? 'Confirm: approve' : 'Confirm: reject'}
        </Button>
        <Button variant="ghost" onClick={onDone}>
          Not now
        </Button>
      </form>
    </Notice>
  );
}
