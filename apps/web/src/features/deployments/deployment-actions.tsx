'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { KeyHint } from '@flow/ui/kbd';
import { Tooltip } from '@flow/ui/tooltip';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Asking } from './asked.ts';
import type { DeploymentDetail } from './deployment-detail.ts';
import { RepeatDialog } from './repeat-dialog.tsx';

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });

/** Withdraw a deployment that has touched nothing, go back in every region that it touched, or take one that was healthy again. */
export function DeploymentActions({ deployment, asking: { asked, ask } }: { deployment: DeploymentDetail; asking: Asking }) {
  const api = useApi();
  const tenant = useTenant();
  const router = useRouter();
  const asking = asked?.kind === 'deployment' ? asked.action : null;
  const close = (): void => ask(null);
  const cancel = useMutation(api.deployment.cancel.mutationOptions({ onSuccess: close }));
  const rollback = useMutation(
    api.deployment.rollback.mutationOptions({
      onSuccess(answer) {
        close();
        if (answer.deploymentId !== deployment.id) router.push(`/t/${tenant.slug}/deployments/${answer.deploymentId}`);
      },
    }),
  );
  const labels = { cancel: 'Cancel', rollback: 'Roll back', repeat: 'Deploy this again…' } as const;
  const what = `${deployment.serviceName} ${deployment.version} in ${deployment.environmentName}`;
  const touched = deployment.targets.filter((target) => !['pending', 'skipped'].includes(target.state)).map((target) => target.region);
  // What touched a region can only go back: a withdrawal that is past is not shown. Going back is, with the reason when it is not possible.
  const open = deployment.abilities.filter((ability) => ability.allowed || ability.action === 'rollback');
  const pending = asking === 'cancel' ? cancel : rollback;
  return (
    <span className="flex gap-2">
      {open.map((ability) => {
        const button = (
          <Button
            key={ability.action}
            variant={ability.action === 'rollback' ? 'danger' : 'secondary'}
            disabled={!ability.allowed}
            onClick={() => ask({ kind: 'deployment', action: ability.action })}
          >
            {labels[ability.action]}
            {ability.action === 'rollback' && <KeyHint>r</KeyHint>}
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
      {asking === 'repeat' && <RepeatDialog deployment={deployment} onClose={close} />}
      {asking !== null && asking !== 'repeat' && (
        <ConfirmDialog
          open
          onOpenChange={close}
          title={asking === 'cancel' ? `Cancel the deployment of ${what}?` : `Roll back ${what}?`}
          description={
            asking === 'cancel'
              ? 'Nothing has been changed in any region yet, and nothing will be.'
              : `What ran before comes back in ${touched.length === 0 ? 'every region' : inWords.format(touched)}.`
          }
          confirmLabel={asking === 'cancel' ? 'Cancel the deployment' : 'Roll back now'}
          tone="danger"
          isBusy={pending.isPending}
          error={pending.error === null ? undefined : faultOf(pending.error).message}
          onConfirm={() =>
            asking === 'cancel'
              ? cancel.mutate({ tenant: tenant.slug, deploymentId: deployment.id })
              : rollback.mutate({ tenant: tenant.slug, deploymentId: deployment.id })
          }
        />
      )}
    </span>
  );
}
