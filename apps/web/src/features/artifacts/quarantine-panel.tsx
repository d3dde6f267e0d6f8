'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { EmptyState, Notice } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { openQuarantine } from './quarantine-actions.tsx';

type Artifact = RouterOutputs['artifact']['get'];
type Running = Artifact['runningDigest'][number];

/** That an artifact is in quarantine, why, where it still runs, and the way back from there. Nothing for one that is not. */
export function QuarantinePanel({ artifact }: { artifact: Artifact }) {
  const { slug } = useTenant();
  const quarantine = openQuarantine(artifact);
  if (quarantine === null) return null;
  return (
    <>
      <Notice tone="danger" title="In quarantine">
        {`${quarantine.placedByName}: ${quarantine.reason} `}
        <Time at={quarantine.placedAt} />
      </Notice>
      <Panel title="Where it still runs" isFlush>
        <DataTable
          caption="Where it still runs"
          columns={[
            { key: 'service', header: 'Service', cell: (one: Running) => `${one.serviceName} ${one.version}` },
            { key: 'place', header: 'Where', cell: (one: Running) => `${one.environmentName}, ${one.region}` },
            { key: 'since', header: 'Since', cell: (one: Running) => <Time at={one.since} /> },
            {
              key: 'back',
              header: 'The way back',
              isHeaderHidden: true,
              align: 'right' as const,
              cell: (one: Running) => <WayBack running={one} />,
            },
          ]}
          rows={artifact.runningDigest}
          rowKey={(one) => `${one.deploymentId} ${one.region}`}
          rowHref={(one) => `/t/${slug}/deployments/${one.deploymentId}`}
          emptyState={<EmptyState title="It runs nowhere">Nothing is left to be taken back.</EmptyState>}
        />
      </Panel>
    </>
  );
}

/** Goes back in all regions of the deployment, to what was healthy there before and is in no quarantine. */
function WayBack({ running }: { running: Running }) {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const [isAsking, setIsAsking] = useState(false);
  const rollback = useMutation(
    api.deployment.rollback.mutationOptions({
      onSuccess: ({ deploymentId }) => router.push(`/t/${tenant}/deployments/${deploymentId}`),
    }),
  );
  if (!can('deployment:rollback')) return null;
  const place = `${running.serviceName} in ${running.environmentName}`;
  return (
    <>
      <Button size="s" variant="danger" aria-label={`Roll back ${place}, ${running.region}`} onClick={() => setIsAsking(true)}>
        Roll back…
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setIsAsking}
        title={`Roll back ${place}?`}
        description="The last version that was healthy there before, and is in no quarantine, comes back in every region of this deployment. Automation waits there until the pin is released."
        confirmLabel="Roll back now"
        tone="danger"
        isBusy={rollback.isPending}
        error={rollback.error === null ? undefined : faultOf(rollback.error).message}
        onConfirm={() => rollback.mutate({ tenant, deploymentId: running.deploymentId })}
      />
    </>
  );
}
