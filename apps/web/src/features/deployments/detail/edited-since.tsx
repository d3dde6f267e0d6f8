'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { toast } from '@flow/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { SettingDifferences } from '../../promotion/setting-differences.tsx';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { DeploymentDetail } from '../deployment-detail.ts';

/** Of a deployment that waits: that its configuration was edited since, and one click that asks anew with what it is now. */
export function EditedSince({ deployment }: { deployment: DeploymentDetail }) {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  // Sent twice after a lost answer, it is still one deployment.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const ask = useMutation(
    api.deployment.ask.mutationOptions({
      onSuccess: ({ deploymentId }) => {
        toast(`${deployment.serviceName} ${deployment.version} is being prepared with the configuration of now`);
        router.push(`/t/${tenant}/deployments/${deploymentId}`);
      },
    }),
  );
  if (deployment.edited.length === 0) return null;
  const { serviceId, environmentId, artifactId, startsItself } = deployment;
  return (
    <Notice tone="warning" title="The configuration was edited since this was prepared">
      <p>What waits here is the configuration of then, and an approval is of that. Asking anew takes its place.</p>
      <div className="mt-2">
        <SettingDifferences settings={deployment.edited} left="Waits here" right="Now" />
      </div>
      {can('deployment:ask') ? (
        <div className="mt-2 flex flex-col items-start gap-2">
          <Button
            size="s"
            isBusy={ask.isPending}
            onClick={() => ask.mutate({ tenant, serviceId, environmentId, artifactId, startsItself, idempotencyKey })}
          >
            Ask anew with the configuration of now
          </Button>
          {ask.error === null ? null : <p role="alert">{faultOf(ask.error).message}</p>}
        </div>
      ) : null}
    </Notice>
  );
}
