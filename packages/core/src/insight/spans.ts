import { canaryProgressMax, formatSteps } from '../rollout/index.ts';
import type { CanaryProgress } from '../rollout/index.ts';
import type { DeploymentFact, HoldFact, TargetFact } from './facts.ts';

/** What held a deployment: the kind of policy, a queue, or a rule of Flow's own. */
export type HoldKind = HoldFact['source'] | 'queue';

/** Of what kind a hold is. */
export function holdKindOf({ source, isQueue }: HoldFact): HoldKind {
  return isQueue ? 'queue' : source;
}

/** For how long any of the holds stood, in milliseconds: what two held at the same time counts once. */
export function heldMs(holds: readonly HoldFact[], deploymentEndedAt: Date): number {
  const spans = holds
    .map(({ beganAt, endedAt }) => ({ from: beganAt.getTime(), until: (endedAt ?? deploymentEndedAt).getTime() }))
    .toSorted((left, right) => left.from - right.from);
  let [total, covered] = [0, -Infinity];
  for (const { from, until } of spans) {
    total += Math.max(0, until - Math.max(from, covered));
    covered = Math.max(covered, until);
  }
  return total;
}

/** How long a canary stood at one of its steps, in all. */
export interface StepSpan {
  /** Place and words of the step, as `0 20 %`; past the last one `finish`. */
  step: string;
  ms: number;
}

/**
 * How long the canary of a region that became healthy stood at each of its steps, from when it came there until it came to the next. None of a release
 * without steps, of a first release, which the controller takes past all steps at once, and of a story that was too long to be kept whole.
 */
export function stepSpansOf({ state, progress, finishedAt }: TargetFact): readonly StepSpan[] {
  const isCanary = progress[0] !== undefined && progress[0].step !== null;
  if (state !== 'healthy' || finishedAt === null || !isCanary || progress.length >= canaryProgressMax) return [];
  const spans = new Map<string, number>();
  for (const [index, one] of progress.entries()) {
    const until = progress[index + 1]?.at ?? finishedAt;
    const ms = new Date(until).getTime() - new Date(one.at).getTime();
    spans.set(stepName(one), (spans.get(stepName(one)) ?? 0) + Math.max(0, ms));
  }
  return [...spans].map(([step, ms]) => ({ step, ms }));
}

function stepName({ step, stepIndex }: CanaryProgress): string {
  if (step === null) return 'finish';
  return `${stepIndex} ${step.kind === 'other' ? step.name : formatSteps([step])}`;
}

/** How long people took to decide, in milliseconds; null where nobody was asked or nobody has decided. */
export function approvalMs({ approval }: DeploymentFact): number | null {
  return approval === null ? null : approval.decidedAt.getTime() - approval.askedAt.getTime();
}
