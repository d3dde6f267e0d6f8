import type { CanaryStep, RolloutSpec } from './spec.ts';
import type { RolloutStatus } from './status.ts';

/** The canary's steps; empty for blue-green. */
export function stepsOf(spec: RolloutSpec): readonly CanaryStep[] {
  return spec.strategy?.canary?.steps ?? [];
}

/** The step that is under way, and its index. No step when there are none or all are done. */
export function currentStep(spec: RolloutSpec, status: RolloutStatus): { step: CanaryStep | undefined; index: number } | undefined {
  const steps = stepsOf(spec);
  if (steps.length === 0) return undefined;
  const index = status.currentStepIndex ?? 0;
  return { step: steps[index], index };
}

/**
 * The share of traffic in percent that the canary has reached: the last `setWeight` up to the current step, 0 before the first one
 * and when aborted, 100 after the last step. (`GetCurrentSetWeight` in argo-rollouts `utils/replicaset/canary.go`.)
 */
function currentSetWeight(spec: RolloutSpec, status: RolloutStatus): number {
  if (status.abort) return 0;
  const current = currentStep(spec, status);
  if (current?.step === undefined) return 100;
  const passed = stepsOf(spec).slice(0, current.index + 1);
  return passed.findLast((step) => step.setWeight !== undefined && step.setWeight !== null)?.setWeight ?? 0;
}

/** The weight that the replica counts follow: 100 while there is nothing to compare with, or when everything was promoted. */
export function desiredCanaryWeight(spec: RolloutSpec, status: RolloutStatus): number {
  if (status.promoteFull || status.stableRS === '' || status.currentPodHash === status.stableRS) return 100;
  return currentSetWeight(spec, status);
}

/** The step in a few words, as the events of the real controller name it. */
export function describeStep(step: CanaryStep): string {
  if (step.setWeight !== undefined && step.setWeight !== null) return `setWeight: ${step.setWeight}`;
  if (step.pause) return step.pause.duration === undefined || step.pause.duration === null ? 'pause' : `pause: ${step.pause.duration}`;
  if (step.experiment) return 'experiment';
  if (step.analysis) return 'analysis';
  return 'invalid';
}
