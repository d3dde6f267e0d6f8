'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { KeyHint } from '@flow/ui/kbd';
import { toast } from '@flow/ui/toast';
import { Tooltip } from '@flow/ui/tooltip';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { askedByKey, isMoving } from '../asked.ts';
import type { Asking, TargetAction } from '../asked.ts';
import type { DeploymentDetail, TargetDetail } from '../deployment-detail.ts';

interface Described {
  label: string;
  /** What will happen. */
  effect: string;
  /** Its button acts at once; its key asks first all the same, since it does not name a region. */
  isHarmless?: boolean;
  isDanger?: boolean;
  /** Asks the same of the first region where it is open. */
  key?: string;
}

const described: Readonly<Record<TargetAction, Described>> = {
  promote: {
    label: 'Promote',
    effect: 'The canary goes on from the pause at which it stands to the next step.',
    isHarmless: true,
    key: 'p',
  },
  promoteFully: {
    label: 'Promote fully',
    effect: 'All traffic goes to the new version at once: the remaining steps, pauses and analyses are left out.',
  },
  skip: { label: 'Skip step', effect: 'The current step is left out, whatever it waits for or measures.' },
  pause: { label: 'Pause', effect: 'The canary stays at its present share of the traffic.', isHarmless: true },
  resume: { label: 'Resume', effect: 'The canary goes on with its steps.', isHarmless: true },
  abort: {
    label: 'Abort',
    effect: 'The canary is taken back: all traffic goes to the stable version at once. You can retry or roll back afterwards.',
    isDanger: true,
    key: 'a',
  },
  retry: { label: 'Retry', effect: 'The canary starts again from its first step.', isHarmless: true },
};

/** What a person may do with the canary of one region, guarded by what they see: the revision, the step and the pause. */
export function TargetActions({ deployment, target, asking }: { deployment: DeploymentDetail; target: TargetDetail; asking: Asking }) {
  const api = useApi();
  const tenant = useTenant();
  const { asked, ask } = asking;
  const question = asked?.kind === 'target' && asked.targetId === target.id ? asked.action : null;
  const act = useMutation(
    api.deployment.act.mutationOptions({
      onSuccess: () => ask(null),
      onError: (error) => toast.error(faultOf(error).message),
    }),
  );
  const { observed } = target;
  if (observed === null || !isMoving(target)) return null;
  const send = (action: TargetAction): void =>
    act.mutate({
      tenant: tenant.slug,
      deploymentId: deployment.id,
      targetDeploymentId: target.id,
      action,
      guard: {
        uid: observed.uid,
        podHash: observed.currentPodHash,
        stepIndex: observed.stepIndex,
        pauseStartedAt: observed.pause?.startedAt ?? null,
      },
    });
  const open = target.abilities.filter((ability) => ability.allowed || ['promote', 'abort'].includes(ability.action));
  return (
    <>
      {open.map((ability) => {
        const { label, isHarmless, isDanger, key } = described[ability.action];
        const button = (
          <Button
            key={ability.action}
            size="s"
            variant={isDanger === true ? 'danger' : 'secondary'}
            aria-label={`${label} in ${target.region}`}
            disabled={!ability.allowed || act.isPending}
            onClick={() =>
              isHarmless === true ? send(ability.action) : ask({ kind: 'target', targetId: target.id, action: ability.action })
            }
          >
            {label}
            {key !== undefined && isAskedHere(deployment, key, target) && <KeyHint>{key}</KeyHint>}
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
      {question !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => ask(null)}
          title={`${described[question].label} ${deployment.serviceName} ${deployment.version} in ${target.region}?`}
          description={described[question].effect}
          confirmLabel={described[question].label}
          tone={described[question].isDanger === true ? 'danger' : 'primary'}
          isBusy={act.isPending}
          error={act.error === null ? undefined : faultOf(act.error).message}
          onConfirm={() => send(question)}
        />
      )}
    </>
  );
}

/** Whether the key asks about this region: of several that move it asks about the first. */
function isAskedHere(deployment: DeploymentDetail, key: string, target: TargetDetail): boolean {
  const asked = askedByKey(deployment, key);
  return asked?.kind === 'target' && asked.targetId === target.id;
}
