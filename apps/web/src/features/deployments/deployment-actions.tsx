'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { KeyHint } from '@flow/ui/kbd';
import { Tooltip } from '@flow/ui/tooltip';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Asking, DeploymentAction } from './asked.ts';
import type { DeploymentDetail } from './deployment-detail.ts';
import { failedRegions, questionOf } from './questions.ts';
import { RepeatDialog } from './repeat-dialog.tsx';

const labels = { continue: 'Continue', cancel: 'Cancel', rollback: 'Roll back', repeat: 'Deploy this again…' } as const satisfies Record<
  DeploymentAction,
  string
>;
const keys: Partial<Record<DeploymentAction, string>> = { continue: 'c', rollback: 'r' };
const variants: Partial<Record<DeploymentAction, 'primary' | 'danger'>> = { continue: 'primary', rollback: 'danger' };

/** Let a deployment go on that waits, withdraw one that has touched nothing, go back in every region that it touched, or take one that was healthy again. */
export function DeploymentActions({ deployment, asking: { asked, ask } }: { deployment: DeploymentDetail; asking: Asking }) {
  const action = asked?.kind === 'deployment' ? asked.action : null;
  const close = (): void => ask(null);
  // What touched a region can only go back: a withdrawal that is past is not shown. Going back is, with the reason when it is not possible.
  const open = deployment.abilities.filter((ability) => ability.allowed || ability.action === 'rollback');
  return (
    <span className="flex flex-wrap gap-2">
      {open.map((ability) => {
        const key = keys[ability.action];
        const button = (
          <Button
            key={ability.action}
            variant={variants[ability.action] ?? 'secondary'}
            disabled={!ability.allowed}
            onClick={() => ask({ kind: 'deployment', action: ability.action })}
          >
            {labels[ability.action]}
            {key !== undefined && <KeyHint>{key}</KeyHint>}
          </Button>
        );
        return ability.allowed ? (
          button
        ) : (
          <Tooltip key={ability.action} content={ability.why}>
            <span tabIndex={0}>{button}</span>
          </Tooltip>
        );
      })}
      {action === 'repeat' && <RepeatDialog deployment={deployment} onClose={close} />}
      {action !== null && action !== 'repeat' && <Question deployment={deployment} action={action} onClose={close} />}
    </span>
  );
}

type AskedAction = Exclude<DeploymentAction, 'repeat'>;

/** Asks once more before something is done to the deployment as a whole, and does it. */
function Question({ deployment, action, onClose }: { deployment: DeploymentDetail; action: AskedAction; onClose: () => void }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const router = useRouter();
  // What is agreed to is what was shown when the question was opened.
  const [seen] = useState(() => ({ wave: deployment.currentWave, failedCount: failedRegions(deployment).length }));
  const [shown] = useState(() => shownBack(deployment));
  const { id: deploymentId } = deployment;
  const asked = {
    continue: useMutation(api.deployment.continue.mutationOptions({ onSuccess: onClose })),
    cancel: useMutation(api.deployment.cancel.mutationOptions({ onSuccess: onClose })),
    rollback: useMutation(
      api.deployment.rollback.mutationOptions({
        onSuccess(answer) {
          onClose();
          const { serviceSlug, environmentId } = deployment;
          if (answer.alsoIds.length > 0) router.push(`/t/${tenant}/deployments?service=${serviceSlug}&environment=${environmentId}`);
          else if (answer.deploymentId !== deploymentId) router.push(`/t/${tenant}/deployments/${answer.deploymentId}`);
        },
      }),
    ),
  };
  const act = {
    continue: () => asked.continue.mutate({ tenant, deploymentId, seen }),
    cancel: () => asked.cancel.mutate({ tenant, deploymentId }),
    rollback: () => asked.rollback.mutate({ tenant, deploymentId, ...shown }),
  } as const satisfies Record<AskedAction, () => void>;
  const { error, isPending } = asked[action];
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      {...questionOf(deployment, action)}
      tone={action === 'continue' ? 'primary' : 'danger'}
      isBusy={isPending}
      error={error === null ? undefined : faultOf(error).message}
      onConfirm={act[action]}
    />
  );
}

/** What comes back where, as the question tells it; nothing of what moves still. */
function shownBack({ back }: DeploymentDetail): { shown?: { targetId: string; artifactId: string }[] } {
  if (back === null) return {};
  return { shown: back.legs.flatMap(({ artifactId, targetIds }) => targetIds.map((targetId) => ({ targetId, artifactId }))) };
}
