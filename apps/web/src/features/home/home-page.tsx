'use client';

import { ErrorState, Skeleton } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useLive } from '../../api-client/live.tsx';
import { DeploymentLine, Line } from '../deployments/deployment-line.tsx';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

/** What needs me, what moves, what is held and what is broken: nothing else. */
export function HomePage() {
  const api = useApi();
  const tenant = useTenant();
  const home = useQuery(api.home.get.queryOptions({ tenant: tenant.slug }));
  useLive(['tenant']);
  if (home.error !== null && home.data === undefined) {
    const fault = faultOf(home.error);
    return (
      <ErrorState
        title="The overview cannot be shown"
        message={fault.message}
        requestId={fault.requestId}
        onRetry={() => void home.refetch()}
      />
    );
  }
  if (home.data === undefined) return <Skeleton lines={8} />;
  const { waitingForMe, moving, held, broken } = home.data;
  // What waits for me is said above: below stands what waits for others.
  const mine = new Set(waitingForMe.map((item) => item.deploymentId));
  const heldByOthers = held.filter((row) => !mine.has(row.id));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader title="Home" subtitle={`What waits, moves and is broken in ${tenant.name}`} />
      <Lines title="Needs you" count={waitingForMe.length} empty="Nothing waits for you.">
        {waitingForMe.map((item) => (
          <Line
            key={item.id}
            status={<Status tone="waiting" label="Your approval" />}
            href={`/t/${tenant.slug}/approvals?id=${item.id}`}
            title={`${item.serviceName} ${item.version} to ${item.environmentName}`}
            detail={item.commitMessage}
            at={item.createdAt}
          />
        ))}
      </Lines>
      <Lines
        title="Moving now"
        count={moving.deployments.length + moving.runs.length}
        empty="Nothing moves. Push a commit, or deploy an artifact of a service: it shows here, live."
      >
        {moving.deployments.map((row) => (
          <DeploymentLine key={row.id} row={row} />
        ))}
        {moving.runs.map((run) => (
          <RunLine key={run.id} run={run} />
        ))}
      </Lines>
      <Lines
        title="Held"
        count={heldByOthers.length}
        empty={held.length === 0 ? 'Nothing is held.' : 'Nothing is held but what needs you.'}
      >
        {heldByOthers.map((row) => (
          <DeploymentLine key={row.id} row={row} />
        ))}
      </Lines>
      <Lines
        title="Broken"
        count={broken.deployments.length + broken.runs.length + broken.clusters.length}
        empty="Nothing is broken: no release was taken back, no run failed, every cluster answers."
      >
        {broken.clusters.map((cluster) => (
          <Line
            key={cluster.id}
            status={<Status tone={stateTone(cluster.health)} label={stateLabel(cluster.health)} />}
            href={`/t/${tenant.slug}/admin/clusters`}
            title={`Cluster ${cluster.name}`}
            detail={cluster.healthReason ?? ''}
          />
        ))}
        {broken.deployments.map((row) => (
          <DeploymentLine key={row.id} row={row} />
        ))}
        {broken.runs.map((run) => (
          <RunLine key={run.id} run={run} />
        ))}
      </Lines>
    </div>
  );
}

/** A part of the page: how many there are, and the lines or a sentence in their place. */
function Lines({ title, count, empty, children }: { title: string; count: number; empty: string; children: ReactNode }) {
  return (
    <Panel
      title={title}
      isFlush
      actions={
        count === 0 ? undefined : (
          <span className="text-muted tabular-nums">
            {count}
            <span className="sr-only"> in this list</span>
          </span>
        )
      }
    >
      {count === 0 ? <p className="text-muted px-4 py-3">{empty}</p> : <ul className="divide-line divide-y">{children}</ul>}
    </Panel>
  );
}

interface RunOnHome {
  id: string;
  number: number;
  serviceName: string;
  state: string;
  reason: string | null;
  commitMessage: string;
  createdAt: string;
}

function RunLine({ run }: { run: RunOnHome }) {
  const tenant = useTenant();
  return (
    <Line
      status={<Status tone={stateTone(run.state)} label={stateLabel(run.state)} />}
      href={`/t/${tenant.slug}/runs/${run.id}`}
      title={`${run.serviceName} run ${run.number}`}
      detail={run.reason ?? run.commitMessage}
      at={run.createdAt}
    />
  );
}
