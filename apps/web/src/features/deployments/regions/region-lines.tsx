'use client';

import { WeightBar } from '@flow/ui/ladder';
import { Status } from '@flow/ui/status';
import { Duration } from '@flow/ui/time';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useUrlFilters } from '../../query/url-filters.ts';
import { stateLabel, stateTone } from '../../shell/states.ts';
import type { Asking } from '../asked.ts';
import type { DeploymentDetail, TargetDetail } from '../deployment-detail.ts';
import { shownSteps } from './canary-steps.tsx';
import { RegionLane } from './region-lane.tsx';

interface RegionLinesProps {
  deployment: DeploymentDetail;
  targets: readonly TargetDetail[];
  asking: Asking;
}

/** A line for each region of a wave; the one that the address names, or about which something is asked, is open. */
export function RegionLines({ deployment, targets, asking }: RegionLinesProps) {
  const filters = useUrlFilters();
  const { asked } = asking;
  const askedId = asked?.kind === 'target' ? asked.targetId : null;
  return (
    <ul className="bg-surface divide-line divide-y rounded-lg border border-line">
      {targets.map((target) => {
        const isOpen = filters.get('region') === target.region || askedId === target.id;
        return (
          <li key={target.id}>
            <RegionLine
              deployment={deployment}
              target={target}
              isOpen={isOpen}
              onToggle={() => filters.set({ region: isOpen ? '' : target.region })}
            />
            {isOpen && (
              <div className="border-t border-line p-3">
                <RegionLane deployment={deployment} target={target} asking={asking} />
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function RegionLine({
  deployment,
  target,
  isOpen,
  onToggle,
}: Pick<RegionLinesProps, 'deployment'> & { target: TargetDetail; isOpen: boolean; onToggle: () => void }) {
  const observed = target.observed?.deploymentId === deployment.id ? target.observed : null;
  const said = saidOf(deployment, target);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={onToggle}
      className="hover:bg-raised focus-visible:outline-accent grid min-h-9 w-full grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-3 py-1.5 text-left sm:grid-cols-[1rem_8.5rem_7.5rem_4rem_minmax(0,1fr)_5.5rem]"
    >
      <Chevron size={14} aria-hidden className="text-muted" />
      <span className="truncate font-medium" title={`${target.region}, ${target.cluster.name}`}>
        {target.region}
      </span>
      <Status tone={stateTone(target.state)} label={stateLabel(target.state)} />
      <span className="hidden items-center sm:flex">
        {observed !== null && (
          <WeightBar percent={observed.canaryWeight} label={`${observed.canaryWeight} % of the traffic on ${deployment.version}`} />
        )}
      </span>
      <span className="text-muted col-start-2 col-end-4 truncate sm:col-start-auto sm:col-end-auto" title={said}>
        {said}
      </span>
      <span className="text-muted hidden text-right tabular-nums sm:block">
        <Duration from={target.startedAt} to={target.finishedAt} />
      </span>
    </button>
  );
}

/** The one thing to know of a region: that it is out of sight, why it is as it is, or at which step it stands. */
function saidOf({ id, reason }: DeploymentDetail, target: TargetDetail): string {
  const { cluster, observed, state } = target;
  if (target.finishedAt === null && cluster.health === 'unreachable') return `${cluster.name} cannot be reached`;
  if (target.reason !== null && target.reason !== reason) return target.reason;
  if (observed?.deploymentId !== id || state === 'healthy' || state === 'rolledBack') return '';
  const steps = shownSteps(target, observed);
  const place = steps.findIndex((step) => step.state === 'current' || step.state === 'failed');
  const step = steps[place];
  return step === undefined ? '' : `Step ${place + 1} of ${steps.length}: ${step.label}`;
}
