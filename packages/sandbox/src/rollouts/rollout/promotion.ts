import { formatSelector } from '../../workloads/index.ts';
import { stepsHash } from '../model/template-hash.ts';
import { currentStep, stepsOf } from '../model/steps.ts';
import {
  findCondition,
  hasProgressed,
  hasTimedOut,
  isCompletedUpdate,
  isHealthy,
  mayStandStill,
  progressDeadlineMs,
  removeCondition,
  timeoutMessage,
  updateConditions,
} from './conditions.ts';
import { applyPauses } from './pause.ts';
import { phaseOf } from './phase.ts';
import { abort, isAborted, note, revisionOf, total, wakeAt, type Work } from './work.ts';

/** The template of the newest ReplicaSet, or the list of steps, is not the one that the status speaks of. */
export function hasTemplateOrStepsChanged(work: Work): boolean {
  const { before } = work;
  return before.currentStepHash !== stepsHash(stepsOf(work.spec)) || hasTemplateChanged(work);
}

/** The newest ReplicaSet is not the one that the status speaks of. */
export function hasTemplateChanged(work: Work): boolean {
  return work.before.currentPodHash !== '' && work.before.currentPodHash !== work.newSet.hash;
}

/** Counts, hashes and the selector: what every status of both strategies says. */
export function fillBaseStatus(work: Work): void {
  const { next, allSets, newSet, spec } = work;
  removeCondition(next, 'InvalidSpec');
  next.currentPodHash = newSet.hash;
  next.replicas = total(allSets, (set) => set.replicas);
  next.updatedReplicas = newSet.replicas;
  next.readyReplicas = total(allSets, (set) => set.readyReplicas);
  next.availableReplicas = total(allSets, (set) => set.availableReplicas);
  next.HPAReplicas = next.replicas;
  next.selector = formatSelector(spec.selector ?? {});
}

/** Begins an update: step 0, no pause, no abort, no run. */
export function resetStatus(work: Work): void {
  work.pause.clear = true;
  work.pause.removeAbort = true;
  const { next } = work;
  next.restartedAt = work.spec.restartAt ?? undefined;
  next.promoteFull = false;
  next.canary.currentStepAnalysisRunStatus = undefined;
  next.canary.currentBackgroundAnalysisRunStatus = undefined;
  next.blueGreen.prePromotionAnalysisRunStatus = undefined;
  next.blueGreen.postPromotionAnalysisRunStatus = undefined;
  next.blueGreen.scaleUpPreviewCheckPoint = false;
  next.currentStepIndex = stepsOf(work.spec).length > 0 ? 0 : undefined;
}

/** The newest template goes back to one older than the stable one, with fewer revisions between them than `rollbackWindow.revisions`. */
export function isRollbackWithinWindow(work: Work): boolean {
  const { newSet, stableSet, spec } = work;
  if (stableSet === undefined || newSet.createdAtMs >= stableSet.createdAtMs) return false;
  const window = spec.rollbackWindow?.revisions ?? 0;
  const between = work.allSets.filter((set) => set.createdAtMs < stableSet.createdAtMs && set.createdAtMs > newSet.createdAtMs);
  return window > 0 && between.length < window;
}

/** An update that may skip pauses and analysis, because it goes back to what has run before. */
export function isFastRollback(work: Work): boolean {
  const { newSet, stableSet } = work;
  if (stableSet === undefined) return false;
  if (newSet.hash === work.before.stableRS) return true;
  if (newSet.createdAtMs >= stableSet.createdAtMs) return false;
  const isStillUp = (newSet.scaleDownDeadlineMs ?? 0) > work.now.getTime() && Boolean(work.spec.strategy?.blueGreen);
  return isStillUp || isRollbackWithinWindow(work);
}

/**
 * Why the newest template becomes the stable one now; undefined while it must not.
 * The order is that of `shouldFullPromote` (argo-rollouts `rollout/sync.go`).
 */
export function promotionReason(work: Work): string | undefined {
  if (work.stableSet === undefined) return 'Initial deploy';
  return work.spec.strategy?.blueGreen ? blueGreenPromotionReason(work) : canaryPromotionReason(work);
}

function canaryPromotionReason(work: Work): string | undefined {
  if (isAborted(work) || work.newSet.availableReplicas < work.replicas) return undefined;
  if (work.before.promoteFull) return 'Full promotion requested';
  if (isFastRollback(work)) return isRollbackWithinWindow(work) ? 'Rollback within window' : 'Fast rollback';
  const count = stepsOf(work.spec).length;
  const isAtEnd = count === 0 || currentStep(work.spec, work.before)?.index === count;
  return isAtEnd ? `Completed all ${count} canary steps` : undefined;
}

function blueGreenPromotionReason(work: Work): string | undefined {
  const { activeSelector } = work.next.blueGreen;
  if (activeSelector === '') return 'Initial deploy';
  if (activeSelector !== work.next.currentPodHash) return undefined;
  if (work.before.promoteFull) return 'Full promotion requested';
  if (isFastRollback(work)) return isRollbackWithinWindow(work) ? 'Rollback within window' : 'Fast rollback';
  if (isAborted(work)) return undefined;
  const needsAnalysis = Boolean(work.spec.strategy?.blueGreen?.postPromotionAnalysis);
  if (needsAnalysis && work.runs.postPromotion?.phase !== 'Successful') return undefined;
  return 'Completed blue-green update';
}

/** Makes the newest template the stable one. */
export function promoteStable(work: Work, reason: string): void {
  const { next, pause } = work;
  pause.clear = true;
  pause.removeAbort = true;
  next.promoteFull = false;
  next.blueGreen.scaleUpPreviewCheckPoint = false;
  const count = stepsOf(work.spec).length;
  if (work.spec.strategy?.canary) next.currentStepIndex = count > 0 ? count : undefined;
  if (next.stableRS === next.currentPodHash) return;
  next.stableRS = next.currentPodHash;
  note(work, {
    reason: 'RolloutCompleted',
    message: `Rollout completed update to revision ${revisionOf(work.rollout)} (${next.currentPodHash}): ${reason}`,
  });
}

/** Ends the reconcile: abort on a missed deadline, pauses, conditions, phase, and when to look again. */
export function finish(work: Work): void {
  const { next, spec } = work;
  next.observedGeneration = String(work.rollout.metadata.generation);
  abortWhenStuck(work);
  applyPauses(work);
  updateConditions(work);
  Object.assign(next, phaseOf(spec, next));
  noteStateChanges(work);
  wakeForDeadline(work);
  work.plan.status = next;
}

function abortWhenStuck(work: Work): void {
  const { spec, before, next, now } = work;
  if (spec.progressDeadlineAbort !== true || isAborted(work) || isCompletedUpdate(next)) return;
  if (hasProgressed(spec, before, next) || mayStandStill(work) || !hasTimedOut(spec, before, now)) return;
  abort(work, timeoutMessage(work));
}

function noteStateChanges(work: Work): void {
  const wasPaused = work.before.pauseConditions.length > 0;
  const first = work.next.pauseConditions[0];
  if (!wasPaused && first !== undefined) note(work, { reason: 'RolloutPaused', message: `Rollout is paused (${first.reason})` });
  if (wasPaused && first === undefined && work.next.abortedAt === undefined) {
    note(work, { reason: 'RolloutResumed', message: 'Rollout is resumed' });
  }
}

/** One second is added, since the times in conditions are whole seconds. */
function wakeForDeadline(work: Work): void {
  const progressing = findCondition(work.next, 'Progressing');
  if (progressing === undefined || progressing.reason === 'ProgressDeadlineExceeded') return;
  if (isHealthy(work) || work.next.abort || work.next.pauseConditions.length > 0 || work.spec.paused === true || mayStandStill(work))
    return;
  wakeAt(work, Date.parse(progressing.lastUpdateTime) + progressDeadlineMs(work.spec) + 1000);
}
