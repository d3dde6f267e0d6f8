'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { KeyValues } from '@flow/ui/panel';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { VerdictPanel } from '../governance/verdict/verdict-panel.tsx';
import { SettingDifferences } from '../promotion/setting-differences.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import type { DeploymentDetail } from './deployment-detail.ts';

type Repeat = RouterOutputs['deployment']['previewRepeat'];

/** Takes an earlier deployment again, after a look at what that changes and what the rules say of it. */
export function RepeatDialog({ deployment, onClose }: { deployment: DeploymentDetail; onClose: () => void }) {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  // The key is of this opening of the dialog: sent twice after a lost answer, it is still one deployment.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const preview = useQuery(api.deployment.previewRepeat.queryOptions({ tenant, deploymentId: deployment.id }));
  const repeat = useMutation(
    api.deployment.repeat.mutationOptions({
      onSuccess: ({ deploymentId }) => {
        onClose();
        toast(`The deployment of ${deployment.version} is being prepared`);
        router.push(`/t/${tenant}/deployments/${deploymentId}`);
      },
    }),
  );
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={titleOf(deployment, preview.data)}
      description="The version comes with the chart and the configuration that it was healthy with, in the waves and steps of now."
      submitLabel={preview.data?.kind === 'rollback' ? `Roll back to ${preview.data.version}` : 'Deploy again'}
      isBusy={repeat.isPending}
      isDisabled={preview.data === undefined || preview.data.verdict.kind === 'denied'}
      message={repeat.error === null ? '' : faultOf(repeat.error).message}
      onSubmit={() => repeat.mutate({ tenant, deploymentId: deployment.id, idempotencyKey })}
    >
      <QueryView query={preview} failed="What it would change could not be loaded">
        {(loaded) => (
          <>
            <WhatChanges repeat={loaded} />
            <VerdictPanel verdict={loaded.verdict} exempts={null} />
          </>
        )}
      </QueryView>
    </FormDialog>
  );
}

function titleOf({ serviceName, version, environmentName }: DeploymentDetail, repeat: Repeat | undefined): string {
  if (repeat?.kind === 'rollback') return `Roll ${serviceName} back to ${version} in ${environmentName}?`;
  return `Deploy ${serviceName} ${version} to ${environmentName} again?`;
}

/** Image, chart and configuration, each against what runs now. */
function WhatChanges({ repeat }: { repeat: Repeat }) {
  const { fromVersions, fromCharts, settings, newRegions, isCurrent } = repeat;
  return (
    <section aria-label="What changes" className="flex flex-col gap-2">
      {isCurrent ? <p>This is what runs in every region: it is applied once more.</p> : null}
      <KeyValues
        items={[
          { label: 'Image', value: fromVersions.length === 0 ? 'The same' : `${fromVersions.join(', ')} → ${repeat.version}` },
          { label: 'Chart', value: fromCharts === null ? 'The same' : `${fromCharts.join(', ')} → ${repeat.chartVersion}` },
          {
            label: 'Configuration',
            value: settings.length === 0 ? 'The same' : <SettingDifferences settings={settings} left="Runs now" right="Then" />,
          },
        ]}
      />
      {newRegions.length === 0 ? null : (
        <p className="text-muted">{`It did not go to ${newRegions.join(', ')} then: there it gets the configuration of now.`}</p>
      )}
    </section>
  );
}
