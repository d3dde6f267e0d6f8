import { currentStep, desiredCanaryWeight, describeStep, stepsOf } from '../model/steps.ts';
import type { CanaryStep } from '../model/spec.ts';
import { stepsHash } from '../model/template-hash.ts';
import { manageAnalysisRuns } from './analysis-runs.ts';
import { manageExperiments } from './experiments.ts';
import { dropDeadlines, shrinkOldSetsOfCanary, trimHistory } from './old-replica-sets.ts';
import { holdAtPauseStep, isPauseStepDone } from './pause.ts';
import {
  fillBaseStatus,
  finish,
  hasTemplateOrStepsChanged,
  isRollbackWithinWindow,
  promoteStable,
  promotionReason,
  resetStatus,
} from './promotion.ts';
import { basicCanaryCounts, type CanaryCounts } from './replica-counts.ts';
import { restartPods } from './restart.ts';
import { pointCanaryServices } from './service-selectors.ts';
import { haltReason, isAborted, note, scale, total, type Work } from './work.ts';

/**
 * One reconcile of a canary by pod counts. The order is that of `rolloutCanary` (argo-rollouts `rollout/canary.go`): one thing moves at a
 * time, and the step is judged only when nothing had to be scaled.
 */
export function reconcileCanary(work: Work): void {
  if (hasTemplateOrStepsChanged(work)) {
    finishCanary(work);
    return;
  }
  // The counts of available pods are no longer true once pods were told to go.
  if (restartPods(work) > 0) return;
  trimHistory(work);
  pointCanaryServices(work);
  manageExperiments(work);
  manageAnalysisRuns(work);
  if (work.pause.add.length === 0 && !scaleCanary(work)) holdAtPauseStep(work);
  finishCanary(work);
}

/** Stable first, then the canary, then the others: each waits until the one before has the size it should have. */
function scaleCanary(work: Work): boolean {
  if (haltReason(work) !== undefined) return false;
  dropDeadlines(work);
  const counts = countsFor(work);
  const { stableSet, newSet } = work;
  if (stableSet !== undefined && stableSet.name !== newSet.name && scale(work, stableSet, counts.stable)) return true;
  if (scale(work, newSet, counts.canary)) return true;
  return shrinkOldSetsOfCanary(work);
}

function countsFor(work: Work): CanaryCounts {
  const { stableSet, newSet } = work;
  return basicCanaryCounts({
    replicas: work.replicas,
    weight: desiredCanaryWeight(work.spec, work.before),
    ...work.fences,
    canary: newSet,
    stable: stableSet === undefined || stableSet.name === newSet.name ? undefined : stableSet,
    otherReplicas: total(work.otherSets, (set) => set.specReplicas),
  });
}

function finishCanary(work: Work): void {
  fillBaseStatus(work);
  const { next, spec, before } = work;
  const count = stepsOf(spec).length;
  next.currentStepHash = stepsHash(stepsOf(spec));
  if (hasTemplateOrStepsChanged(work)) {
    resetStatus(work);
    skipStepsOnRollback(work, count);
    finish(work);
    return;
  }
  next.currentStepIndex = currentStep(spec, before)?.index;
  if (before.promoteFull || isRollbackWithinWindow(work)) {
    work.pause.clear = true;
    work.pause.removeAbort = true;
    if (count > 0) next.currentStepIndex = count;
  }
  const reason = promotionReason(work);
  if (reason !== undefined) promoteStable(work, reason);
  else if (isAborted(work)) next.currentStepIndex = stepAfterAbort(work, count);
  else completeStep(work);
  finish(work);
}

/** Going back to the stable template, or to one inside the rollback window that still has pods, needs no steps. */
function skipStepsOnRollback(work: Work, count: number): void {
  if (count === 0) return;
  if (work.before.stableRS === work.newSet.hash) {
    note(work, { reason: 'SkipSteps', message: 'Rollback to stable ReplicaSets' });
    work.next.currentStepIndex = count;
  } else if (isRollbackWithinWindow(work) && work.newSet.specReplicas > 0) {
    note(work, { reason: 'SkipSteps', message: 'Rollback to active ReplicaSets within RollbackWindow' });
    work.next.currentStepIndex = count;
  }
}

function stepAfterAbort(work: Work, count: number): number | undefined {
  if (count === 0) return undefined;
  return work.next.stableRS === work.next.currentPodHash ? count : 0;
}

function completeStep(work: Work): void {
  const current = currentStep(work.spec, work.before);
  if (current?.step === undefined || work.spec.paused === true || !isStepDone(work, current.step)) return;
  work.next.currentStepIndex = current.index + 1;
  work.next.canary.currentStepAnalysisRunStatus = undefined;
  work.pause.remove.push('CanaryPauseStep');
  const message = `Rollout step ${current.index + 1}/${stepsOf(work.spec).length} completed (${describeStep(current.step)})`;
  note(work, { reason: 'RolloutStepCompleted', message });
}

function isStepDone(work: Work, step: CanaryStep): boolean {
  if (step.pause) return isPauseStepDone(work, step);
  if (step.setWeight !== undefined && step.setWeight !== null) return hasDesiredCounts(work);
  if (step.experiment) return work.experiment?.phase === 'Successful';
  if (step.analysis) return work.runs.step?.phase === 'Successful';
  return false;
}

/** All canary pods asked for are available, the stable side has shrunk, and no other ReplicaSet serves. */
function hasDesiredCounts(work: Work): boolean {
  const counts = countsFor(work);
  const { newSet, stableSet } = work;
  const canaryReady = newSet.specReplicas === counts.canary && newSet.availableReplicas === counts.canary;
  const stableReady = stableSet !== undefined && stableSet.specReplicas === counts.stable && stableSet.replicas === counts.stable;
  return canaryReady && stableReady && total(work.otherSets, (set) => set.availableReplicas) === 0;
}
