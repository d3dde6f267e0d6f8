import { manageAnalysisRuns } from './analysis-runs.ts';
import { delaysAbort, dropDeadlines, keepForAWhile, shrinkOldSetsOfBlueGreen, trimHistory } from './old-replica-sets.ts';
import { findPause } from './pause.ts';
import {
  fillBaseStatus,
  finish,
  hasTemplateChanged,
  isFastRollback,
  isRollbackWithinWindow,
  promoteStable,
  promotionReason,
  resetStatus,
} from './promotion.ts';
import { restartPods } from './restart.ts';
import { plannedHash, pointPreviewService, switchService } from './service-selectors.ts';
import { haltReason, isAborted, scale, wakeAt, type Work } from './work.ts';

/** One reconcile of a blue-green Rollout, in the order of `rolloutBlueGreen` (argo-rollouts `rollout/bluegreen.go`). */
export function reconcileBlueGreen(work: Work): void {
  pointPreviewService(work);
  if (hasTemplateChanged(work)) {
    finishBlueGreen(work);
    return;
  }
  restartPods(work);
  scaleBlueGreen(work);
  managePause(work);
  switchActiveService(work);
  manageAnalysisRuns(work);
  finishBlueGreen(work);
}

function scaleBlueGreen(work: Work): void {
  dropDeadlines(work);
  if (work.stableSet !== undefined && work.stableSet.name !== work.newSet.name) scale(work, work.stableSet, work.replicas);
  scalePreview(work);
  shrinkOldSetsOfBlueGreen(work);
  trimHistory(work);
}

function scalePreview(work: Work): void {
  const { newSet, stableSet } = work;
  if (!delaysAbort(work)) {
    scale(work, newSet, previewReplicas(work));
    return;
  }
  if (newSet.scaleDownDeadlineMs === undefined && (stableSet?.availableReplicas ?? 0) < work.replicas) return;
  const delayMs = (work.spec.strategy?.blueGreen?.abortScaleDownDelaySeconds ?? 30) * 1000;
  if (!keepForAWhile(work, newSet, delayMs)) scale(work, newSet, 0);
}

function previewReplicas(work: Work): number {
  const { before, newSet, replicas } = work;
  const wanted = work.spec.strategy?.blueGreen?.previewReplicaCount;
  if (wanted === undefined || wanted === null || before.promoteFull) return replicas;
  const active = work.allSets.find((set) => set.hash === before.blueGreen.activeSelector);
  if (active === undefined || active.name === newSet.name) return replicas;
  const isPaused = work.spec.paused === true || before.pauseConditions.length > 0;
  const isPastCheck = before.currentPodHash === newSet.hash && !isPaused && before.blueGreen.scaleUpPreviewCheckPoint;
  return isPastCheck ? replicas : wanted;
}

/** The new pods are as many as the pause waits for. */
function isReadyForPause(work: Work): boolean {
  const { newSet } = work;
  const wanted = previewReplicas(work);
  return newSet.specReplicas === wanted && newSet.availableReplicas >= wanted;
}

/** All pods are there: the switch would not lose capacity. */
function isSaturated(work: Work): boolean {
  return work.newSet.specReplicas === work.replicas && work.newSet.availableReplicas === work.replicas;
}

function activeHash(work: Work): string {
  return work.snapshot.services.get(work.spec.strategy?.blueGreen?.activeService ?? '')?.hash ?? '';
}

/** Nothing to wait for: the first deployment, a promotion in full, the way back, or pods that serve already. */
function isFastTracked(work: Work): boolean {
  const active = activeHash(work);
  return isFastRollback(work) || work.before.promoteFull || active === '' || active === work.newSet.hash;
}

function managePause(work: Work): void {
  if (work.before.abort || !isReadyForPause(work) || haltReason(work) !== undefined) return;
  if (isFastTracked(work) || work.before.blueGreen.scaleUpPreviewCheckPoint || !waitsBeforeSwitch(work)) {
    work.pause.remove.push('BlueGreenPause');
    return;
  }
  if (isPrePromotionDone(work)) waitForPromotion(work);
}

function waitsBeforeSwitch(work: Work): boolean {
  const blueGreen = work.spec.strategy?.blueGreen;
  return blueGreen?.autoPromotionEnabled === false || (blueGreen?.autoPromotionSeconds ?? 0) > 0;
}

/** Begins the pause, ends it when it is over, and otherwise waits; a pause that a person ended is not begun again. */
function waitForPromotion(work: Work): void {
  const seconds = work.spec.strategy?.blueGreen?.autoPromotionSeconds ?? 0;
  const pause = findPause(work, 'BlueGreenPause');
  if (pause === undefined) {
    if (!work.before.controllerPause) {
      work.pause.add.push('BlueGreenPause');
      if (seconds > 0) wakeAt(work, work.now.getTime() + seconds * 1000);
    }
    return;
  }
  if (isPauseDone(work)) work.pause.remove.push('BlueGreenPause');
  else if (seconds > 0) wakeAt(work, Date.parse(pause.startTime) + seconds * 1000);
}

function isPrePromotionDone(work: Work): boolean {
  return !work.spec.strategy?.blueGreen?.prePromotionAnalysis || work.runs.prePromotion?.phase === 'Successful';
}

function isPauseDone(work: Work): boolean {
  const blueGreen = work.spec.strategy?.blueGreen;
  if (work.pause.add.length > 0) return false;
  if (work.before.blueGreen.scaleUpPreviewCheckPoint) return true;
  const pause = findPause(work, 'BlueGreenPause');
  if (blueGreen?.autoPromotionEnabled === false) return work.before.controllerPause && pause === undefined;
  const seconds = blueGreen?.autoPromotionSeconds ?? 0;
  if (seconds === 0) return true;
  if (pause === undefined) return work.before.controllerPause;
  return work.now.getTime() >= Date.parse(pause.startTime) + seconds * 1000;
}

function switchActiveService(work: Work): void {
  const name = work.spec.strategy?.blueGreen?.activeService;
  if (!name || haltReason(work) !== undefined) return;
  if (work.before.abort) {
    switchService(work, name, work.before.stableRS);
    return;
  }
  if (!isReadyForPause(work) || !isSaturated(work)) return;
  const mayGo = isFastTracked(work) || (isPauseDone(work) && isPrePromotionDone(work));
  switchService(work, name, mayGo ? work.newSet.hash : activeHash(work));
}

function finishBlueGreen(work: Work): void {
  fillBaseStatus(work);
  const { next, before } = work;
  const blueGreen = work.spec.strategy?.blueGreen;
  next.currentStepHash = '';
  next.currentStepIndex = undefined;
  if (hasTemplateChanged(work)) resetStatus(work);
  if (before.promoteFull || isRollbackWithinWindow(work)) {
    work.pause.clear = true;
    work.pause.removeAbort = true;
  }
  next.blueGreen.previewSelector = plannedHash(work, blueGreen?.previewService);
  next.blueGreen.activeSelector = plannedHash(work, blueGreen?.activeService);
  const reason = promotionReason(work);
  if (reason === undefined) next.blueGreen.scaleUpPreviewCheckPoint = isPastPreviewCheck(work);
  else promoteStable(work, reason);
  countActivePods(work);
  finish(work);
}

/** Once the small preview was good and the pause is over, the preview grows to full size before the switch. */
function isPastPreviewCheck(work: Work): boolean {
  const wanted = work.spec.strategy?.blueGreen?.previewReplicaCount;
  if (wanted === undefined || wanted === null || hasTemplateChanged(work)) return false;
  if (work.before.blueGreen.scaleUpPreviewCheckPoint) return true;
  return !isAborted(work) && isPrePromotionDone(work) && isPauseDone(work) && work.newSet.availableReplicas === wanted;
}

function countActivePods(work: Work): void {
  const { next } = work;
  const active = work.allSets.find((set) => set.hash !== '' && set.hash === next.blueGreen.activeSelector);
  if (active === undefined) return;
  next.HPAReplicas = active.replicas;
  next.availableReplicas = active.availableReplicas;
  next.readyReplicas = active.readyReplicas;
  next.selector = `${next.selector},rollouts-pod-template-hash=${active.hash}`;
}
