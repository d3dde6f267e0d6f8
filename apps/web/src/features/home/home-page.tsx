'use client';

import { EmptyState, ErrorState, Skeleton } from '@flow/ui/feedback';
import { PageHeader, Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useLive } from '../../api-client/live.tsx';
import { DeploymentLine } from '../deployments/deployment-line.tsx';
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
  const isQuiet = moving.deployments.length + moving.runs.length === 0;
  const isWell = broken.deployments.length + broken.runs.length + broken.clusters.length === 0;
  return (
    <div className="flex flex-col gap-6">
      <PageHeader title="Home" subtitle={`What waits, moves and is broken in ${tenant.name}`} />
      <Panel title={`Needs you (${waitingForMe.length})`}>
        {waitingForMe.length === 0 ? (
          <p className="text-muted">Nothing waits for you.</p>
        ) : (
          <ul className="divide-y divide-line">
            {waitingForMe.map((item) => (
              <li key={item.id} className="flex flex-wrap items-center gap-3 py-2">
                <Status tone="waiting" label="Approval" />
                <Link className="font-medium hover:underline" href={`/t/${tenant.slug}/approvals?id=${item.id}`}>
                  {item.serviceName} {item.version} to {item.environmentName}
                </Link>
                <span className="min-w-0 flex-1 truncate text-muted">{item.commitMessage}</span>
                <Time at={item.createdAt} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Moving now">
        {isQuiet && <EmptyState title="Nothing moves">Push a commit, or deploy an artifact of a service: it shows here, live.</EmptyState>}
        <ul className="divide-y divide-line">
          {moving.deployments.map((row) => (
            <DeploymentLine key={row.id} row={row} />
          ))}
          {moving.runs.map((run) => (
            <RunLine key={run.id} run={run} />
          ))}
        </ul>
      </Panel>
      <Panel title="Held">
        {held.length === 0 ? (
          <p className="text-muted">Nothing is held.</p>
        ) : (
          <ul className="divide-y divide-line">
            {held.map((row) => (
              <DeploymentLine key={row.id} row={row} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Broken">
        {isWell && <p className="text-muted">Nothing is broken.</p>}
        <ul className="divide-y divide-line">
          {broken.deployments.map((row) => (
            <DeploymentLine key={row.id} row={row} />
          ))}
          {broken.runs.map((run) => (
            <RunLine key={run.id} run={run} />
          ))}
          {broken.clusters.map((cluster) => (
            <li key={cluster.id} className="flex flex-wrap items-center gap-3 py-2">
              <Status tone={stateTone(cluster.health)} label={stateLabel(cluster.health)} />
              <Link className="font-medium hover:underline" href={`/t/${tenant.slug}/admin/clusters`}>
                Cluster {cluster.name}
              </Link>
              <span className="text-muted">{cluster.healthReason}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
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
    <li className="flex flex-wrap items-center gap-3 py-2">
      <Status tone={stateTone(run.state)} label={stateLabel(run.state)} />
      <Link className="font-medium hover:underline" href={`/t/${tenant.slug}/runs/${run.id}`}>
        {run.serviceName} run {run.number}
      </Link>
      <span className="min-w-0 flex-1 truncate text-muted">{run.reason ?? run.commitMessage}</span>
      <Time at={run.createdAt} />
    </li>
  );
}
