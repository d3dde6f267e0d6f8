'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { Tooltip } from '@flow/ui/tooltip';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { DeploymentDetail, TargetDetail } from './deployment-detail.ts';

type Action = TargetDetail['abilities'][number]['action'];

interface Described {
  label: string;
  /** What will happen, for those that ask first; null acts at once. */
  confirm: string | null;
  isDanger?: boolean;
}

const described: Readonly<Record<Action, Described>> = {
  promote: { label: 'Promote', confirm: null },
  promoteFully: { label: 'Promote fully', confirm: 'All traffic goes to the new version at once: the remaining steps, pauses and analyses are left out.' },
  skip: { label: 'Skip step', confirm: 'The current step is left out, whatever it waits for or measures.' },
  pause: { label: 'Pause', confirm: null },
  resume: { label: 'Resume', confirm: null },
  abort: { label: 'Abort', confirm: 'The canary is taken back: all traffic goes to the stable version at once. You can retry or roll back afterwards.', isDanger: true },
  retry: { label: 'Retry', confirm: null },
};

/** What a person may do with the canary of one region, guarded by what they see: the revision, the step and the pause. */
export function TargetActions({ deployment, target }: { deployment: DeploymentDetail; target: TargetDetail }) {
  const api = useApi();
  const tenant = useTenant();
  const [asking, setAsking] = useState<Action | null>(null);
  const act = useMutation(
    api.deployment.act.mutationOptions({
      onSuccess: () => setAsking(null),
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  const { observed } = target;
  if (observed === null) return null;
  const send = (action: Action): void =>
    act.mutate({
      tenant: tenant.slug,
      deploymentId: deployment.id,
      targetDeploymentId: target.id,
      action,
      guard: { uid: observed.uid, podHash: observed.currentPodHash, stepIndex: observed.stepIndex, pauseStartedAt: observed.pause?.startedAt ?? null },
    });
  const open = target.abilities.filter((ability) => ability.allowed || ['promote', 'abort'].includes(ability.action));
  const isMoving = ['applying', 'progressing', 'paused', 'aborted'].includes(target.state);
  if (!isMoving) return null;
  return (
    <>
      {open.map((ability) => {
        const { label, confirm, isDanger } = described[ability.action];
        const button = (
          <Button key={ability.action} size="s" variant={isDanger === true ? 'danger' : 'secondary'} aria-label={`${label} in ${target.region}`} disabled={!ability.allowed || act.isPending} onClick={() => (confirm === null ? send(ability.action) : setAsking(ability.action))}>
            {label}
          </Button>
        );
        return ability.allowed ? button : <Tooltip key={ability.action} content={ability.why}><span>{button}</span></Tooltip>;
      })}
      {asking !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsking(null)}
          title={`${described[asking].label} ${deployment.serviceName} ${deployment.version} in ${target.region}?`}
          description={described[asking].confirm ?? ''}
          confirmLabel={described[asking].label}
          tone={described[asking].isDanger === true ? 'danger' : 'primary'}
          isBusy={act.isPending}
          error={act.error === null ? undefined : faultOf(act.error).message}
          onConfirm={() => send(asking)}
        />
      )}
    </>
  );
}
