import { metricName, metricValue } from '../rollout/index.ts';
import type { AnalysisView, RolloutView } from '../rollout/index.ts';
import type { TargetSnapshot } from './snapshot.ts';
import type { TargetState } from './state.ts';

/** What one target shows of itself: its next state in words, and whether the deployment as a whole must go back because of it. */
export interface Judgement {
  state: TargetState;
  reason: string | null;
  isFailure: boolean;
}

/**
 * Judges a target whose wave has started, by the new revision alone: a Rollout that is Healthy on another deployment's revision
 * says nothing about this one.
 */
export function judgeTarget(target: TargetSnapshot, deploymentId: string): Judgement {
  if (target.upgrade.state === 'failed') return { state: 'failed', reason: target.upgrade.reason, isFailure: true };
  if (target.upgrade.state === 'intended' && target.upgrade.trouble !== undefined) return going('applying', target.upgrade.trouble);
  if (target.upgrade.state !== 'done') return going('applying', `Helm applies the release in ${target.region}`);
  const rollout = target.observed;
  if (rollout === null || rollout.deploymentId !== deploymentId || rollout.currentPodHash === '') {
    if (target.state === 'healthy') return replaced(target);
    return going('applying', `Waiting for the controller in ${target.region} to see the new revision`);
  }
  return judgeRollout(target, rollout);
}

function judgeRollout(target: TargetSnapshot, rollout: RolloutView): Judgement {
  if (rollout.aborted) return judgeAborted(target, rollout);
  switch (rollout.phase) {
    case 'Healthy':
      return rollout.currentPodHash === rollout.stablePodHash
        ? going('healthy', null)
        : going('progressing', 'The controller is about to finish the canary');
    case 'Degraded':
      return { state: 'failed', reason: `${target.region}: ${rollout.message}`, isFailure: true };
    case 'Paused':
    case 'Progressing':
      if (target.state === 'healthy') return going('healthy', null);
      return waitsForPerson(rollout) ? going('paused', pauseSentence(target, rollout)) : going('progressing', null);
  }
}

function judgeAborted(target: TargetSnapshot, rollout: RolloutView): Judgement {
  if (target.abortedBy !== null) {
    return going(
      'aborted',
      `${target.abortedBy} aborted the canary in ${target.region}: traffic is back on the stable version. Retry it or roll back`,
    );
  }
  return { state: 'failed', reason: abortSentence(target.region, rollout, target.analyses), isFailure: true };
}

// Someone outside Flow changed the release after it was healthy: that is drift, not a failure of this deployment.
function replaced(target: TargetSnapshot): Judgement {
  return going('healthy', `Something else is running in ${target.region} now`);
}

function going(state: TargetState, reason: string | null): Judgement {
  return { state, reason, isFailure: false };
}

/** Whether the canary of this deployment still has something that can be held or taken back. */
export function isCanaryAlive(rollout: RolloutView | null, deploymentId: string): rollout is RolloutView {
  return rollout?.deploymentId === deploymentId && !rollout.aborted && rollout.phase !== 'Healthy';
}

/** True at a pause without end, at an inconclusive analysis, and when a person holds the Rollout. */
export function waitsForPerson(rollout: RolloutView): boolean {
  if (rollout.held) return true;
  if (rollout.pause === null) return false;
  if (rollout.pause.reason !== 'CanaryPauseStep') return true;
  const step = rollout.stepIndex === null ? undefined : rollout.steps[rollout.stepIndex];
  return step?.kind === 'pause' && step.durationSeconds === undefined;
}

function pauseSentence({ hold }: TargetSnapshot, rollout: RolloutView): string {
  if (rollout.held && hold !== null) return hold.sentence;
  if (rollout.held) return 'Held by a person: resume it to go on';
  if (rollout.pause?.reason === 'InconclusiveAnalysisRun') return 'The analysis could not decide: promote or abort';
  return `Waits at ${rollout.canaryWeight} % for a person: promote or abort`;
}

/** Why a canary was taken back, in one sentence: the failed metric with its newest value and limit when an analysis did it. */
export function abortSentence(region: string, rollout: RolloutView, analyses: readonly AnalysisView[]): string {
  const mine = analyses.filter((analysis) => analysis.podHash === rollout.currentPodHash);
  return metricSentence(region, mine) ?? `${region}: ${rollout.message}`;
}

/** The failed metric of these analyses with its newest value and limit; null when none has failed. */
function metricSentence(region: string, analyses: readonly AnalysisView[]): string | null {
  for (const analysis of analyses) {
    const metric = analysis.metrics.find((candidate) => candidate.phase === 'Failed' || candidate.phase === 'Error');
    if (metric === undefined) continue;
    const failed = metric.measurements.findLast((measurement) => measurement.phase === 'Failed') ?? metric.measurements.at(-1);
    const value = failed?.value ?? null;
    const name = metricName(metric.name);
    if (metric.phase === 'Error' || value === null) return `${region}: the ${name} could not be measured: ${metric.message}`;
    const limit =
      metric.limit === null ? `the condition is ${metric.successCondition}` : `the limit is ${metricValue(metric.name, metric.limit)}`;
    const failures = metric.failed === 1 ? '1 failed measurement' : `${metric.failed} failed measurements`;
    return `${region}: the ${name} was ${metricValue(metric.name, value)}, ${limit} (${failures}, ${metric.failureLimit} allowed)`;
  }
  return null;
}

/**
 * The reason of a target that goes back, told better where that is possible: the abort of a canary may be observed before the analysis that caused it,
 * and the controller's own words name neither the value nor the limit.
 */
export function toldBetter(target: TargetSnapshot): string | null {
  const isControllersWord = target.reason?.startsWith(`${target.region}: RolloutAborted`) ?? false;
  return isControllersWord ? (metricSentence(target.region, target.analyses) ?? target.reason) : target.reason;
}
