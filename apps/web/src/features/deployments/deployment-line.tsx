'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { WeightBar } from '@flow/ui/ladder';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

export type DeploymentRow = RouterOutputs['deployment']['list']['items'][number];

/** One deployment in one line: state, what goes where, a bar for each region. */
export function DeploymentLine({ row }: { row: DeploymentRow }) {
  const tenant = useTenant();
  const started = row.targets.filter((target) => target.state !== 'pending' && target.state !== 'skipped');
  const isMoving = row.finishedAt === null && started.length > 0;
  return (
    <Line
      status={<Status tone={stateTone(row.state)} label={stateLabel(row.state)} />}
      href={`/t/${tenant.slug}/deployments/${row.id}`}
      title={`${row.serviceName} ${row.version} to ${row.environmentName}`}
      detail={row.reason ?? row.commitMessage}
      at={row.createdAt}
    >
      {isMoving && (
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          {row.targets.map((target) => (
            <Region key={target.id} target={target} />
          ))}
        </span>
      )}
    </Line>
  );
}

function Region({ target }: { target: DeploymentRow['targets'][number] }) {
  const isOver = target.state === 'healthy';
  const step =
    target.stepIndex === null || isOver ? '' : `, step ${Math.min(target.stepIndex + 1, target.stepCount)} of ${target.stepCount}`;
  const weight = isOver ? 100 : target.state === 'pending' ? 0 : target.canaryWeight;
  return (
    <span
      className="text-muted flex items-center gap-2 text-xs whitespace-nowrap tabular-nums"
      title={`${stateLabel(target.state)}${step}`}
    >
      {target.region}
      <span className="w-20">
        <WeightBar percent={weight} label={`${target.region}: ${weight} % on the new version${step}`} />
      </span>
      <span className="w-9 text-right">{weight} %</span>
    </span>
  );
}

interface LineProps {
  status: ReactNode;
  href: string;
  title: string;
  detail: string;
  at?: string;
  children?: ReactNode;
}

/** A line of a list on home: the state in a column of its own, then what it is and why, and when. */
export function Line({ status, href, title, detail, at, children }: LineProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 sm:grid sm:grid-cols-[11rem_minmax(0,1fr)_auto_5.5rem]">
      {status}
      <span className="order-last flex w-full min-w-0 flex-wrap gap-x-3 sm:order-none sm:w-auto sm:flex-nowrap">
        <Link data-row className="font-medium hover:underline sm:whitespace-nowrap" href={href}>
          {title}
        </Link>
        <span className="text-muted line-clamp-2 min-w-0 sm:line-clamp-1" title={detail}>
          {detail}
        </span>
      </span>
      <span className="order-last w-full empty:hidden sm:order-none sm:w-auto sm:empty:block">{children}</span>
      <span className="ml-auto text-right">{at !== undefined && <Time at={at} />}</span>
    </li>
  );
}
