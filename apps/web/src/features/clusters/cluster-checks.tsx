'use client';

import type { ClusterCheck } from '@flow/core/cluster';
import { Status } from '@flow/ui/status';
import { DataTable } from '@flow/ui/table';
import { stateLabel, stateTone } from '../shell/states.ts';
import { Command } from './access-manifest.tsx';

const order = ['missing', 'notKnown', 'met', 'absent'] as const satisfies readonly ClusterCheck['state'][];

/** What a test of a cluster looked at: what is missing first, each with the command that mends it. */
export function ClusterChecks({ checks }: { checks: readonly ClusterCheck[] }) {
  return (
    <DataTable
      caption="What its last test found"
      columns={[
        { key: 'subject', header: 'What', cell: (check) => check.subject },
        { key: 'state', header: 'State', cell: (check) => <Status tone={stateTone(check.state)} label={stateLabel(check.state)} /> },
        { key: 'found', header: 'Found', isWide: true, cell: (check) => <Found check={check} /> },
      ]}
      rows={checks.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))}
      rowKey={(check) => check.subject}
    />
  );
}

function Found({ check }: { check: ClusterCheck }) {
  return (
    <div className="flex flex-col gap-1.5">
      <p className="whitespace-normal first-letter:uppercase">{check.found}</p>
      {check.command === null ? null : <Command command={check.command} />}
    </div>
  );
}
