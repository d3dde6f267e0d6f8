'use client';

import { TimeLeft } from '@flow/ui/time';
import type { DeploymentDetail, TargetDetail } from '../deployment-detail.ts';
import { stateLabel } from '../../shell/states.ts';

type TargetState = TargetDetail['state'];

/** What regions come to, in the order of the bar; a region is in one of them. */
const groups: readonly { word: string; bar: string; states: readonly TargetState[] }[] = [
  { word: 'healthy', bar: 'bg-success-fg', states: ['healthy'] },
  { word: 'failed', bar: 'bg-danger-fg', states: ['failed'] },
  { word: 'going back or back', bar: 'bg-warning-fg', states: ['rollingBack', 'rolledBack', 'aborted'] },
  { word: 'moving', bar: 'bg-running-fg', states: ['applying', 'progressing', 'paused'] },
  { word: 'not touched', bar: 'bg-raised', states: ['skipped'] },
  { word: 'to come', bar: 'bg-raised', states: ['pending'] },
];

/** How many regions have come to what, as a bar with a mark for each region, and when the deployment will probably have arrived. */
export function Progress({ deployment }: { deployment: DeploymentDetail }) {
  const { targets, probableEnd } = deployment;
  const counted = groups
    .map(({ word, states }) => ({ word, count: targets.filter(({ state }) => states.includes(state)).length }))
    .filter(({ count }) => count > 0);
  return (
    <div className="flex flex-col gap-1.5">
      <div aria-hidden className="flex h-2 gap-0.5">
        {targets.map((target) => (
          <span
            key={target.id}
            title={`${target.region}: ${stateLabel(target.state)}`}
            className={`min-w-0 flex-1 rounded-sm border border-line ${groups.find(({ states }) => states.includes(target.state))?.bar ?? ''}`}
          />
        ))}
      </div>
      <p className="text-muted flex flex-wrap gap-x-4 tabular-nums">
        <span>{`Of ${targets.length} regions ${counted.map(({ word, count }) => `${count} ${word}`).join(', ')}`}</span>
        {probableEnd !== null && (
          <span>
            probably <TimeLeft until={probableEnd.at} />, as the last {probableEnd.sampleCount} regions took
          </span>
        )}
      </p>
    </div>
  );
}
