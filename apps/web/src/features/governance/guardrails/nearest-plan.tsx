'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { formatDuration } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';

export type ShownNearestPlan = NonNullable<RouterOutputs['deployment']['nearestPlan']>;

interface NearestPlanProps {
  nearest: ShownNearestPlan;
  /** What would be deployed; null while the version is not known. */
  what: { serviceId: string; environmentId: string; artifactId: string; startsItself?: boolean } | null;
  onAsked?: (() => void) | undefined;
}

/** The smallest edits by which a plan that guardrails refuse would pass, what they cost, and one click that deploys by it. */
export function NearestPlan({ nearest, what, onAsked }: NearestPlanProps) {
  const { changes, addedSeconds, remaining, isEnough } = nearest;
  return (
    <Notice tone="info" title={isEnough ? 'The nearest plan that passes' : 'The nearest plan, which is not enough alone'}>
      <ul className="list-disc pl-5">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      <p className="mt-1">{costText(addedSeconds)}</p>
      {remaining.length === 0 ? null : (
        <>
          <p className="mt-2">No plan mends this:</p>
          <ul className="list-disc pl-5">
            {remaining.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      {isEnough && what !== null ? <DeployByPlan what={what} planHash={nearest.planHash} onAsked={onAsked} /> : null}
    </Notice>
  );
}

function costText(addedSeconds: number): string {
  return addedSeconds === 0 ? 'It takes no longer.' : `It takes at least ${formatDuration(addedSeconds * 1_000)} longer.`;
}

type DeployByPlanProps = { what: NonNullable<NearestPlanProps['what']>; planHash: string; onAsked: (() => void) | undefined };

function DeployByPlan({ what, planHash, onAsked }: DeployByPlanProps) {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  // Sent twice after a lost answer, it is still one deployment; another plan is another request.
  const [key] = useState(() => crypto.randomUUID());
  const ask = useMutation(
    api.deployment.ask.mutationOptions({
      onSuccess: ({ deploymentId }) => {
        onAsked?.();
        toast('The deployment by the nearest plan is being prepared');
        router.push(`/t/${tenant}/deployments/${deploymentId}`);
      },
    }),
  );
  if (!can('deployment:ask')) return null;
  return (
    <div className="mt-2 flex flex-col items-start gap-2">
      <Button
        size="s"
        variant="primary"
        isBusy={ask.isPending}
        onClick={() => ask.mutate({ tenant, ...what, nearestPlanHash: planHash, idempotencyKey: `${key}-${planHash.slice(-16)}` })}
      >
        Deploy by this plan
      </Button>
      {ask.error === null ? null : <p role="alert">{faultOf(ask.error).message}</p>}
    </div>
  );
}
