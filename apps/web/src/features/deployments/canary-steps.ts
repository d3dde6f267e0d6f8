import type { Observed, TargetDetail } from './deployment-detail.ts';

interface ShownStep {
  label: string;
  state: 'done' | 'current' | 'upcoming' | 'failed' | 'skipped';
}

/** The steps of a canary as a ladder shows them, with where it stands. */
export function shownSteps(target: TargetDetail, observed: Observed): ShownStep[] {
  const isOver = observed.currentPodHash === observed.stablePodHash && observed.phase === 'Healthy';
  const current = isOver ? observed.steps.length : (observed.stepIndex ?? 0);
  const hasFailed = observed.aborted || target.state === 'rollingBack' || target.state === 'rolledBack' || target.state === 'failed';
  const steps = observed.steps.map((step, index): ShownStep => ({
    label: stepLabel(step),
    state: index < current ? 'done' : index > current ? 'upcoming' : hasFailed ? 'failed' : 'current',
  }));
  return [...steps, { label: 'All traffic', state: isOver ? 'done' : 'upcoming' }];
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
