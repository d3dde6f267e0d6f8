import type { CanaryStep } from '../rollout/index.ts';

/** The weights that the canary passes through before all traffic is its own; what comes after 100 percent is no step any more. */
export function weightsOf(steps: readonly CanaryStep[]): readonly number[] {
  const weights = steps.flatMap((step) => (step.kind === 'weight' ? step.percent : []));
  const full = weights.findIndex((weight) => weight >= 100);
  return full < 0 ? weights : weights.slice(0, full);
}

/** Whether some of the traffic, and not all of it, is served by the new version first. */
export function hasCanary(steps: readonly CanaryStep[]): boolean {
  return weightsOf(steps).some((weight) => weight > 0);
}

/** By how much each step raises the weight; the last one goes to 100. Without a canary there is no step. */
export function risesOf(steps: readonly CanaryStep[]): readonly number[] {
  if (!hasCanary(steps)) return [];
  const weights = weightsOf(steps);
  return [...weights, 100].map((weight, index) => weight - (weights[index - 1] ?? 0));
}

/** The shortest time in seconds that a weight is kept before the next; a pause for a person counts as endless. Null without a canary. */
export function shortestSoakOf(steps: readonly CanaryStep[]): number | null {
  const soaks = stretchesOf(steps).flatMap((stretch) => (stretch.weight > 0 ? soakOf(stretch.rest) : []));
  return soaks.length === 0 ? null : Math.min(...soaks);
}

/** One weight with what is done while it is kept. */
export interface Stretch {
  weight: number;
  rest: readonly CanaryStep[];
}

/** The steps as one stretch for each weight below 100; what stands before the first weight, and from 100 percent on, belongs to none. */
export function stretchesOf(steps: readonly CanaryStep[]): readonly Stretch[] {
  const stretches: { weight: number; rest: CanaryStep[] }[] = [];
  for (const step of canaryPart(steps)) {
    if (step.kind === 'weight') stretches.push({ weight: step.percent, rest: [] });
    else stretches.at(-1)?.rest.push(step);
  }
  return stretches;
}

/** What stands before the first weight. */
export function leadOf(steps: readonly CanaryStep[]): readonly CanaryStep[] {
  const first = steps.findIndex((step) => step.kind === 'weight');
  return first < 0 ? steps : steps.slice(0, first);
}

/** From the first step to 100 percent on. */
export function tailOf(steps: readonly CanaryStep[]): readonly CanaryStep[] {
  return steps.slice(canaryPart(steps).length);
}

function canaryPart(steps: readonly CanaryStep[]): readonly CanaryStep[] {
  const full = steps.findIndex((step) => step.kind === 'weight' && step.percent >= 100);
  return full < 0 ? steps : steps.slice(0, full);
}

/** How long the steps of one stretch wait, in seconds. */
export function soakOf(rest: readonly CanaryStep[]): number {
  return rest.reduce((total, step) => (step.kind === 'pause' ? total + (step.durationSeconds ?? Infinity) : total), 0);
}
