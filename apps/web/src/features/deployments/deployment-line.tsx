'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { WeightBar } from '@flow/ui/ladder';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import Link from 'next/link';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

export type DeploymentRow = RouterOutputs['deployment']['list']['items'][number];

/** One deployment in one line: state, what goes where, a bar for each region. */
export function DeploymentLine({ row }: { row: DeploymentRow }) {
  const tenant = useTenant();
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <Status tone={stateTone(row.state)} label={stateLabel(row.state)} />
      <Link className="font-medium hover:underline" href={`/t/${tenant.slug}/deployments/${row.id}`}>
        {row.serviceName} {row.version} to {row.environmentName}
      </Link>
      <span className="min-w-0 flex-1 truncate text-muted">{row.reason ?? row.commitMessage}</span>
      <span className="flex gap-3">
        {row.targets
          .filter((target) => target.state !== 'pending' && target.state !== 'skipped')
          .map((target) => (
            <span key={target.id} className="flex w-36 items-center gap-2">
              <span className="text-muted text-xs">{target.region}</span>
              <WeightBar percent={target.canaryWeight} label={`${target.region}: ${target.canaryWeight} % on the new version`} />
            </span>
          ))}
      </span>
      <Time at={row.createdAt} />
    </li>
  );
}
