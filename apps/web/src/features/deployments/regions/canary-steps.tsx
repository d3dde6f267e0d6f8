import { TimeLeft } from '@flow/ui/time';
import type { ReactNode } from 'react';
import type { Observed, TargetDetail } from '../deployment-detail.ts';

interface ShownStep {
  label: string;
  state: 'done' | 'current' | 'upcoming' | 'failed' | 'skipped';
  detail?: ReactNode;
}

/** The steps of a canary as a ladder shows them, with where it stands. */
export function shownSteps(target: TargetDetail, observed: Observed): ShownStep[] {
  const isOver = observed.currentPodHash === observed.stablePodHash && observed.phase === 'Healthy';
  const current = isOver ? observed.steps.length : (observed.stepIndex ?? 0);
  const hasFailed = observed.aborted || target.state === 'rollingBack' || target.state === 'rolledBack' || target.state === 'failed';
  const steps = observed.steps.map((step, index): ShownStep => {
    const label = stepLabel(step);
    if (index !== current) return { label, state: index < current ? 'done' : 'upcoming' };
    return hasFailed ? { label, state: 'failed' } : { label, state: 'current', detail: timeLeft(step, observed) };
  });
  const isLast = current >= observed.steps.length && !hasFailed;
  return [...steps, { label: 'All traffic', state: isOver ? 'done' : isLast ? 'current' : 'upcoming' }];
}

/** How long the pause at which the canary stands goes on, unless a person holds it there. */
function timeLeft(step: Observed['steps'][number], observed: Observed): ReactNode {
  if (step.kind !== 'pause' || step.durationSeconds === undefined || observed.pause === null || observed.held) return undefined;
  return <TimeLeft until={new Date(new Date(observed.pause.startedAt).getTime() + step.durationSeconds * 1_000)} />;
}

function stepLabel(step: Observed['steps'][number]): string {
  switch (step.kind) {
    case 'weight':
      return `${step.percent} %`;
    case 'pause':
      return step.durationSeconds === undefined ? 'Wait for a person' : `Watch ${step.durationSeconds} s`;
    case 'analysis':
      return 'Analysis';
    case 'other':
      return step.name;
  }
}
