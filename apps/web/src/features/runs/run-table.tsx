'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { Duration, Time } from '@flow/ui/time';
import type { ReactNode } from 'react';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';

type RunRow = RouterOutputs['run']['list']['items'][number];

const columns = [
  { key: 'run', header: 'Run', cell: (run: RunRow) => `${run.serviceName} #${run.number}` },
  { key: 'state', header: 'State', cell: (run: RunRow) => <Status tone={stateTone(run.state)} label={stateLabel(run.state)} /> },
  {
    key: 'commit',
    header: 'Commit',
    isWide: true,
    cell: (run: RunRow) => (
      <span>
        <code className="text-muted mr-2 font-mono text-xs">{run.commitSha.slice(0, 8)}</code>
        {run.commitMessage}
      </span>
    ),
  },
  { key: 'branch', header: 'Branch', cell: (run: RunRow) => run.branch },
  { key: 'created', header: 'Created', cell: (run: RunRow) => <Time at={run.createdAt} /> },
  {
    key: 'took',
    header: 'Took',
    cell: (run: RunRow) => (run.startedAt === null ? 'Not started' : <Duration from={run.startedAt} to={run.finishedAt} />),
  },
];

/** Runs, newest first. */
export function RunTable({ runs, emptyState }: { runs: readonly RunRow[]; emptyState: ReactNode }) {
  const { slug } = useTenant();
  return (
    <DataTable
      caption="Runs"
      columns={columns}
      rows={runs}
      rowKey={(run) => run.id}
      rowHref={(run) => `/t/${slug}/runs/${run.id}`}
      emptyState={emptyState}
    />
  );
}
