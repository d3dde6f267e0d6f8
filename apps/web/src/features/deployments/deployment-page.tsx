'use client';

import { ErrorState, Notice, Skeleton } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Tabs } from '@flow/ui/tabs';
import { Duration, Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useEffect, useEffectEvent, useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useLive } from '../../api-client/live.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { usePageTitle } from '../shell/page-title.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { WayBackPanel } from '../way-back/way-back-panel.tsx';
import { ExemptionBanner } from '../governance/exemptions/exemption-banner.tsx';
import { ApprovalPanel } from './detail/approval-panel.tsx';
import { WhyItWaits } from './detail/why-it-waits.tsx';
import { askedByKey } from './asked.ts';
import type { Asked, Asking } from './asked.ts';
import { DeploymentActions } from './deployment-actions.tsx';
import type { DeploymentDetail } from './deployment-detail.ts';
import { DiffPanel } from './detail/diff-panel.tsx';
import { EditedSince } from './detail/edited-since.tsx';
import { ExternalQuestions } from './detail/external-questions.tsx';
import { HowItWillGo } from './detail/how-it-will-go.tsx';
import { RefusedPlan } from './detail/refused-plan.tsx';
import { Snapshot } from './detail/snapshot.tsx';
import { Timeline } from './detail/timeline.tsx';
import { Waves } from './regions/waves.tsx';

/** One deployment, live: waves and regions with their canaries, approval, difference, story, and what can be done. */
export function DeploymentPage({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const tenant = useTenant();
  const query = useQuery(api.deployment.get.queryOptions({ tenant: tenant.slug, deploymentId }));
  useLive([`deployment:${deploymentId}`]);
  if (query.error !== null && query.data === undefined) {
    const fault = faultOf(query.error);
    return (
      <ErrorState
        title="This deployment cannot be shown"
        message={fault.message}
        requestId={fault.requestId}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (query.data === undefined) return <Skeleton lines={10} />;
  return <LoadedDeployment deployment={query.data} />;
}

function LoadedDeployment({ deployment }: { deployment: DeploymentDetail }) {
  const filters = useUrlFilters();
  const [asked, ask] = useState<Asked | null>(null);
  const asking = { asked, ask };
  useActionKeys(deployment, asking);
  usePageTitle(`${stateLabel(deployment.state)}: ${deployment.serviceName} ${deployment.version} to ${deployment.environmentName}`);
  const approval = deployment.approval === null ? null : <ApprovalPanel deployment={deployment} />;
  const isUndecided = deployment.approval?.state === 'pending';
  return (
    <div className="flex flex-col gap-5">
      <Heading deployment={deployment} asking={asking} />
      <ExemptionBanner deploymentId={deployment.id} />
      {deployment.reason !== null && !isToldInHeading(deployment) && (
        <Notice tone={stateTone(deployment.state)} title={stateLabel(deployment.state)}>
          <span className="whitespace-pre-wrap">{deployment.reason}</span>
        </Notice>
      )}
      {deployment.state === 'rejected' && <RefusedPlan deployment={deployment} />}
      {(deployment.state === 'held' || deployment.state === 'awaitingApproval') && (
        <>
          <EditedSince deployment={deployment} />
          <WhyItWaits deployment={deployment} />
          <ExternalQuestions deploymentId={deployment.id} />
          <HowItWillGo deployment={deployment} />
        </>
      )}
      {isUndecided && approval}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 xl:grid-cols-[minmax(0,1fr)_21rem]">
        <Tabs
          value={filters.get('tab') === '' ? 'regions' : filters.get('tab')}
          onValueChange={(tab) => filters.set({ tab: tab === 'regions' ? '' : tab })}
          tabs={[
            { value: 'regions', label: 'Regions', content: <Waves deployment={deployment} asking={asking} /> },
            { value: 'diff', label: 'Difference', content: <DiffPanel deploymentId={deployment.id} /> },
            { value: 'configuration', label: 'Configuration', content: <Snapshot deployment={deployment} /> },
          ]}
        />
        <div className="flex min-w-0 flex-col gap-5">
          {!isUndecided && approval}
          <WayBackPanel deployment={deployment} />
          <Panel title="What happened">
            <Timeline deploymentId={deployment.id} />
          </Panel>
        </div>
      </div>
    </div>
  );
}

/** What is on its way, or waits for the people who are asked below, says its reason in one line: a box that comes and goes would move what is being read. */
function isToldInHeading({ state, approval }: DeploymentDetail): boolean {
  return stateTone(state) === 'running' || (state === 'awaitingApproval' && approval?.state === 'pending');
}

/** `p` promotes, `a` aborts, `c` continues, `r` rolls back, each after a question that names the region. Not while something is typed or a question is open. */
function useActionKeys(deployment: DeploymentDetail, { asked, ask }: Asking): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const isFree = asked === null && !event.metaKey && !event.ctrlKey && !event.altKey && !event.defaultPrevented;
    if (!isFree || isInput(event.target)) return;
    const question = askedByKey(deployment, event.key);
    if (question === null) return;
    event.preventDefault();
    ask(question);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function isInput(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.closest('[role=dialog]') !== null)
  );
}

function Heading({ deployment, asking }: { deployment: DeploymentDetail; asking: Asking }) {
  const tenant = useTenant();
  const from = deployment.previousVersion === null ? 'first deployment' : `from ${deployment.previousVersion}`;
  return (
    <PageHeader
      title={`${deployment.serviceName} ${deployment.version} to ${deployment.environmentName}`}
      crumbs={[
        { label: 'Deployments', href: `/t/${tenant.slug}/deployments` },
        { label: deployment.serviceName, href: `/t/${tenant.slug}/services/${deployment.serviceSlug}` },
      ]}
      subtitle={
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <Status tone={stateTone(deployment.state)} label={stateLabel(deployment.state)} />
          {isToldInHeading(deployment) && deployment.reason !== null && <span>{deployment.reason}</span>}
          <span>{deployment.kind === 'rollback' ? 'going back' : from}</span>
          {deployment.repeats !== null && (
            <span>
              with the chart and configuration of{' '}
              <Link className="text-accent hover:underline" href={`/t/${tenant.slug}/deployments/${deployment.repeats.id}`}>
                the deployment
              </Link>{' '}
              <Time at={deployment.repeats.createdAt} />
            </span>
          )}
          <span>
            asked by <Asker deployment={deployment} />, <Time at={deployment.createdAt} />
          </span>
          {deployment.startedAt !== null && (
            <span>
              {deployment.finishedAt === null ? 'for' : 'took'} <Duration from={deployment.startedAt} to={deployment.finishedAt} />
            </span>
          )}
          <span className="min-w-0 truncate">
            <code className="font-mono text-xs">{deployment.commitSha.slice(0, 8)}</code> {deployment.commitMessage}
          </span>
        </span>
      }
      actions={<DeploymentActions deployment={deployment} asking={asking} />}
    />
  );
}

/** The person, the run whose stage it is, or the rule that promotes it. */
function Asker({ deployment: { requestedByName, runId, runNumber, promotionRule } }: { deployment: DeploymentDetail }) {
  const tenant = useTenant();
  if (promotionRule !== null)
    return (
      <Link className="text-accent hover:underline" href={`/t/${tenant.slug}/governance/promotions/${promotionRule.id}`}>
        the promotion rule {promotionRule.title}
      </Link>
    );
  if (runId === null) return requestedByName ?? 'Flow';
  return (
    <Link className="text-accent hover:underline" href={`/t/${tenant.slug}/runs/${runId}`}>
      run {runNumber}
    </Link>
  );
}
