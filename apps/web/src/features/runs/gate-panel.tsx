'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Run, Stage } from './run-page.tsx';

/** The answer that an approval stage waits for. Who started the run is told by the server that someone else must answer. */
export function GatePanel({ run, stage }: { run: Run; stage: Stage }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug } = useTenant();
  const { can } = useRights();
  const [asked, setAsked] = useState<'approve' | 'reject' | null>(null);
  const answer = useMutation(
    api.run.answerGate.mutationOptions({
      onSuccess: (_, { approved }) => {
        setAsked(null);
        toast(approved ? `Approved ${stage.name}` : `Rejected ${stage.name}`);
        void queryClient.invalidateQueries(api.run.get.queryFilter({ tenant: slug, runId: run.id }));
      },
    }),
  );
  if (stage.state !== 'waiting') return null;
  if (!can('approval:vote')) return <p>This stage waits for the answer of a release manager.</p>;
  const ask = (what: 'approve' | 'reject'): void => {
    answer.reset();
    setAsked(what);
  };
  return (
    <div className="flex gap-2">
      <Button variant="primary" onClick={() => ask('approve')}>
        Approve
      </Button>
      <Button variant="danger" onClick={() => ask('reject')}>
        Reject
      </Button>
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(isOpen) => (isOpen ? undefined : setAsked(null))}
        title={asked === 'reject' ? `Reject ${stage.name}?` : `Approve ${stage.name}?`}
        description={
          asked === 'reject'
            ? `Run ${run.number} of ${run.serviceName} ends here. Say why: the author reads it.`
            : `Run ${run.number} of ${run.serviceName} goes on with the stages behind this one.`
        }
        confirmLabel={asked === 'reject' ? 'Reject' : 'Approve'}
        tone={asked === 'reject' ? 'danger' : 'primary'}
        commentLabel="Comment"
        isCommentRequired={asked === 'reject'}
        isBusy={answer.isPending}
        {...(answer.error === null ? {} : { error: faultOf(answer.error).message })}
        onConfirm={(comment) => answer.mutate({ tenant: slug, runId: run.id, stageKey: stage.key, approved: asked === 'approve', comment })}
      />
    </div>
  );
}
