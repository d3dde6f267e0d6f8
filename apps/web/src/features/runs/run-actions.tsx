'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Run } from './run-page.tsx';

type Action = Run['abilities'][number]['action'];

const words = {
  cancel: {
    label: 'Cancel run',
    done: 'The run was asked to stop',
    description: 'What runs is stopped, and deployments that have touched nothing yet are withdrawn. What was deployed stays.',
    tone: 'danger',
  },
  retry: {
    label: 'Retry from failed',
    done: 'The run goes on',
    description: 'The stages that did not succeed run again on the same commit. What succeeded keeps its results.',
    tone: 'primary',
  },
} as const satisfies Record<Action, { label: string; done: string; description: string; tone: 'danger' | 'primary' }>;

/** What I may do to the run now; what is closed to me says why. */
export function RunActions({ run }: { run: Run }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug } = useTenant();
  const [asked, setAsked] = useState<Action | null>(null);
  const after = (action: Action) => ({
    onSuccess: () => {
      setAsked(null);
      toast(words[action].done);
      void queryClient.invalidateQueries(api.run.get.queryFilter({ tenant: slug, runId: run.id }));
    },
  });
  const mutations = {
    cancel: useMutation(api.run.cancel.mutationOptions(after('cancel'))),
    retry: useMutation(api.run.retry.mutationOptions(after('retry'))),
  };
  const shown = words[asked ?? 'cancel'];
  const mutation = mutations[asked ?? 'cancel'];
  return (
    <>
      {run.abilities
        .filter(({ action }) => isMeaningful(action, run))
        .map(({ action, allowed, why }) => (
          <Button
            key={action}
            variant={action === 'cancel' ? 'danger' : 'secondary'}
            disabled={!allowed}
            title={why}
            onClick={() => {
              mutations[action].reset();
              setAsked(action);
            }}
          >
            {words[action].label}
          </Button>
        ))}
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(isOpen) => (isOpen ? undefined : setAsked(null))}
        title={`${shown.label}: ${run.serviceName} #${run.number}`}
        description={shown.description}
        confirmLabel={shown.label}
        tone={shown.tone}
        isBusy={mutation.isPending}
        {...(mutation.error === null ? {} : { error: faultOf(mutation.error).message })}
        onConfirm={() => mutation.mutate({ tenant: slug, runId: run.id })}
      />
    </>
  );
}

/** What has ended cannot be cancelled and what succeeded not be retried: there is nothing to say about why not. */
function isMeaningful(action: Action, run: Run): boolean {
  return action === 'cancel' ? run.finishedAt === null : run.finishedAt !== null && run.state !== 'succeeded';
}
