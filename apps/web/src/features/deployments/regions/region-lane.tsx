'use client';

import { EmptyState } from '@flow/ui/feedback';
import { StepLadder, WeightBar } from '@flow/ui/ladder';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import Link from 'next/link';
import { shownSteps } from './canary-steps.tsx';
import type { Asking } from '../asked.ts';
import type { DeploymentDetail, TargetDetail } from '../deployment-detail.ts';
import { Metrics } from './metrics.tsx';
import { OutOfSight } from './out-of-sight.tsx';
import { Pods } from './pods.tsx';
import { TargetActions } from './target-actions.tsx';
import { stateLabel, stateTone } from '../../shell/states.ts';
import { useTenant } from '../../shell/tenant.tsx';

/** One region of a deployment: where its canary stands, how much traffic it has, its pods, its measurements, what can be done. */
export function RegionLane({ deployment, target, asking }: { deployment: DeploymentDetail; target: TargetDetail; asking: Asking }) {
  const { observed } = target;
  const isOurs = observed?.deploymentId === deployment.id;
  if (target.state === 'pending' || target.state === 'skipped') return <UntouchedRegion deployment={deployment} target={target} />;
  return (
    <Panel
      title={target.region}
      actions={
        <span className="flex flex-wrap items-center gap-2">
          <Status tone={stateTone(target.state)} label={stateLabel(target.state)} />
          <TargetActions deployment={deployment} target={target} asking={asking} />
        </span>
      }
    >
      {target.reason !== null && target.reason !== deployment.reason && <p className="mb-3 whitespace-pre-wrap">{target.reason}</p>}
      {target.finishedAt === null && <OutOfSight cluster={target.cluster} />}
      {observed === null || !isOurs ? (
        <NotYet deployment={deployment} target={target} />
      ) : (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <div className="w-full sm:w-56">
              <WeightBar percent={observed.canaryWeight} label={`${observed.canaryWeight} % of the traffic on ${deployment.version}`} />
            </div>
            <span className="font-medium tabular-nums">
              {observed.canaryWeight} % on {deployment.version}
            </span>
            <span className="text-muted tabular-nums">
              {observed.replicas.updated} of {observed.replicas.desired} pods new, {observed.replicas.available} available
            </span>
          </div>
          {observed.revision === 1 ? (
            <p className="text-muted">The first release here has no canary: there was nothing to compare it with.</p>
          ) : (
            <StepLadder steps={shownSteps(target, observed)} orientation="horizontal" />
          )}
          <Metrics analyses={target.analyses} podHash={observed.currentPodHash} />
          <Pods pods={target.pods} observed={observed} versions={{ new: deployment.version, stable: deployment.previousVersion }} />
        </div>
      )}
    </Panel>
  );
}

/** A region that this deployment has not touched, in one line: what runs there, or why it stays. */
function UntouchedRegion({ deployment, target }: { deployment: DeploymentDetail; target: TargetDetail }) {
  const { slug } = useTenant();
  const { previousVersion } = deployment;
  const runs = previousVersion === null ? 'Nothing runs here yet' : `${previousVersion} runs here`;
  return (
    <section
      aria-label={target.region}
      className="bg-surface flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line px-4 py-2.5"
    >
      <h2 className="font-semibold">{target.region}</h2>
      <span className="text-muted order-last w-full sm:order-none sm:w-auto">
        {target.state === 'pending'
          ? `${runs}.`
          : `Not touched: ${previousVersion === null ? 'nothing runs here' : `${previousVersion} went on`}.`}
        {target.catchUp !== null && ` ${target.reason ?? ''}.`}
        {target.catchUpId !== null && (
          <>
            {' '}
            <Link className="text-accent hover:underline" href={`/t/${slug}/deployments/${target.catchUpId}`}>
              The deployment that catches it up
            </Link>
          </>
        )}
      </span>
      <span className="ml-auto">
        <Status tone={stateTone(target.state)} label={stateLabel(target.state)} />
      </span>
    </section>
  );
}

function NotYet({ deployment, target }: { deployment: DeploymentDetail; target: TargetDetail }) {
  switch (target.state) {
    case 'rolledBack':
    case 'rollingBack':
      return (
        <div className="flex flex-col gap-4">
          <p className="text-muted">
            {deployment.previousVersion ?? 'What ran before'} {target.state === 'rolledBack' ? 'runs here again' : 'is coming back'}.
          </p>
          <Metrics analyses={target.analyses} podHash={target.podHash ?? ''} />
        </div>
      );
    default:
      return (
        <EmptyState title="The new revision has not been seen yet">
          Helm applies the release; the canary shows here as soon as the controller reports it.
        </EmptyState>
      );
  }
}
