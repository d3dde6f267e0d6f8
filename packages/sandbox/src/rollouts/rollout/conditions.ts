import type { ReplicaSetView } from '../model/snapshot.ts';
import type { RolloutSpec } from '../model/spec.ts';
import type { RolloutCondition, RolloutStatus } from '../model/status.ts';
import { currentStep, stepsOf } from '../model/steps.ts';
import { SCALE_DOWN_DEADLINE_ANNOTATION } from '../model/labels.ts';
import { isAborted, nowText, revisionOf, type Work } from './work.ts';

const NOT_AVAILABLE = 'Rollout does not have minimum availability';

type NewCondition = Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>;

/** The condition of that type, if the status has one. */
export function findCondition(status: RolloutStatus, type: RolloutCondition['type']): RolloutCondition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}

/**
 * Puts the condition last in the list. Nothing happens when one of the same type, status and reason is there already;
 * the transition time moves only with the status. Returns whether the list changed.
 */
export function setCondition(status: RolloutStatus, condition: NewCondition, at: string): boolean {
  const known = findCondition(status, condition.type);
  if (known?.status === condition.status && known.reason === condition.reason) return false;
  const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : at;
  status.conditions = [...without(status, condition.type), { ...condition, lastUpdateTime: at, lastTransitionTime }];
  return true;
}

/** Takes the condition of that type away. */
export function removeCondition(status: RolloutStatus, type: RolloutCondition['type']): void {
  status.conditions = without(status, type);
}

function without(status: RolloutStatus, type: RolloutCondition['type']): RolloutCondition[] {
  return status.conditions.filter((condition) => condition.type !== type);
}

/**
 * Whether all pods are of the newest template, available, and nothing of an update is left to do.
 * (`RolloutHealthy`, argo-rollouts `utils/conditions/conditions.go`.)
 */
export function isHealthy(work: Work): boolean {
  const { next, replicas, before, spec } = work;
  const isSettled = next.updatedReplicas === replicas && next.availableReplicas === replicas;
  return isSettled && before.observedGeneration === String(work.rollout.metadata.generation) && isStrategyDone(spec, next, replicas);
}

function isStrategyDone(spec: RolloutSpec, next: RolloutStatus, replicas: number): boolean {
  const blueGreen = spec.strategy?.blueGreen;
  if (blueGreen) {
    const previewDone = !blueGreen.previewService || next.blueGreen.previewSelector === next.currentPodHash;
    return next.blueGreen.activeSelector === next.currentPodHash && previewDone;
  }
  const steps = stepsOf(spec).length;
  const stepsDone = steps === 0 || next.currentStepIndex === undefined || next.currentStepIndex === steps;
  return stepsDone && isCompletedUpdate(next) && next.replicas === replicas;
}

/** The newest template is the stable one. */
export function isCompletedUpdate(status: RolloutStatus): boolean {
  return status.stableRS !== '' && status.stableRS === status.currentPodHash;
}

/** Whether this reconcile sees the update nearer to its end than the one before. */
export function hasProgressed(spec: RolloutSpec, before: RolloutStatus, next: RolloutStatus): boolean {
  const oldPods = (status: RolloutStatus): number => status.replicas - status.updatedReplicas;
  const podsMoved =
    next.updatedReplicas !== before.updatedReplicas ||
    oldPods(next) < oldPods(before) ||
    next.readyReplicas > before.readyReplicas ||
    next.availableReplicas > before.availableReplicas;
  return podsMoved || hasStrategyProgressed(spec, before, next);
}

function hasStrategyProgressed(spec: RolloutSpec, before: RolloutStatus, next: RolloutStatus): boolean {
  if (spec.strategy?.blueGreen) {
    return (
      next.blueGreen.activeSelector !== before.blueGreen.activeSelector ||
      next.blueGreen.previewSelector !== before.blueGreen.previewSelector
    );
  }
  const bothIndexed = next.currentStepIndex !== undefined && before.currentStepIndex !== undefined;
  return (
    next.stableRS !== before.stableRS ||
    (bothIndexed && next.currentStepIndex !== before.currentStepIndex) ||
    next.currentStepHash !== before.currentStepHash
  );
}

/** Seconds without progress after which the update counts as stuck (600 by default). */
export function progressDeadlineMs(spec: RolloutSpec): number {
  return (spec.progressDeadlineSeconds ?? 600) * 1000;
}

/** Whether the last progress is longer ago than allowed. Paused and aborted updates do not time out. */
export function hasTimedOut(spec: RolloutSpec, status: RolloutStatus, now: Date): boolean {
  const progressing = findCondition(status, 'Progressing');
  if (progressing === undefined || progressing.reason === 'RolloutAborted' || progressing.reason === 'RolloutPaused') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(progressing.lastUpdateTime) + progressDeadlineMs(spec) < now.getTime();
}

/** At an analysis, experiment or pause, or while paused, standing still is not a lack of progress. */
export function mayStandStill(work: Work): boolean {
  const step = currentStep(work.spec, work.before)?.step;
  if (step?.experiment || step?.analysis || step?.pause) return true;
  const isPaused = findCondition(work.before, 'Paused')?.status === 'True';
  return isPaused || work.otherSets.some(hasDeadline);
}

function hasDeadline(set: ReplicaSetView): boolean {
  return set.object.metadata.annotations?.[SCALE_DOWN_DEADLINE_ANNOTATION] !== undefined;
}

/** Why the update counts as stuck, in the words of the real controller. */
export function timeoutMessage(work: Work): string {
  return `ReplicaSet "${work.newSet.name}" has timed out progressing.`;
}

/** Computes all conditions of the status that is about to be written. Abort and pauses must be in it already. */
export function updateConditions(work: Work): void {
  const becameUnhealthy = updateHealthy(work);
  if (isAborted(work)) setAborted(work);
  else updateProgressing(work, becameUnhealthy);
  updateAvailable(work);
  updateCompleted(work);
}

function updateHealthy(work: Work): boolean {
  const { next, spec } = work;
  const isPaused = next.pauseConditions.length > 0 || spec.paused === true;
  if (!isPaused && isHealthy(work)) {
    setCondition(next, { type: 'Healthy', status: 'True', reason: 'RolloutHealthy', message: 'Rollout is healthy' }, nowText(work));
    return false;
  }
  if (findCondition(work.before, 'Healthy') === undefined) return false;
  return setCondition(
    next,
    { type: 'Healthy', status: 'False', reason: 'RolloutHealthy', message: 'Rollout is not healthy' },
    nowText(work),
  );
}

function setAborted(work: Work): void {
  const cause = work.pause.abortMessage === '' ? '' : `: ${work.pause.abortMessage}`;
  const message = `Rollout aborted update to revision ${revisionOf(work.rollout)}${cause}`;
  const isNew = setCondition(work.next, { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message }, nowText(work));
  if (isNew) work.plan.events.push({ type: 'Warning', reason: 'RolloutAborted', message });
}

function updateProgressing(work: Work, becameUnhealthy: boolean): void {
  const { next, before, spec, newSet } = work;
  if (isHealthy(work)) {
    const message = `ReplicaSet "${newSet.name}" has successfully progressed.`;
    setCondition(next, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message }, nowText(work));
    return;
  }
  if (hasProgressed(spec, before, next) || becameUnhealthy) {
    renewProgressing(work, becameUnhealthy);
    return;
  }
  if (!mayStandStill(work) && hasTimedOut(spec, next, work.now)) {
    const message = timeoutMessage(work);
    setCondition(next, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }, nowText(work));
  }
}

/** The update time moves with every bit of progress, even when status and reason stay the same. */
function renewProgressing(work: Work, becameUnhealthy: boolean): void {
  const { next, newSet } = work;
  const lostPods = becameUnhealthy && isCompletedUpdate(next);
  const condition: NewCondition = {
    type: 'Progressing',
    status: 'True',
    reason: lostPods ? 'ReplicaSetNotAvailable' : 'ReplicaSetUpdated',
    message: lostPods ? NOT_AVAILABLE : `ReplicaSet "${newSet.name}" is progressing.`,
  };
  const known = findCondition(work.before, 'Progressing');
  const at = nowText(work);
  const lastTransitionTime = known?.status === 'True' ? known.lastTransitionTime : at;
  next.conditions = [...without(next, 'Progressing'), { ...condition, lastUpdateTime: at, lastTransitionTime }];
}

function updateAvailable(work: Work): void {
  const { next, replicas } = work;
  const active = work.allSets.find((set) => set.hash === next.blueGreen.activeSelector);
  const isAvailable = work.spec.strategy?.blueGreen
    ? active !== undefined && active.specReplicas === replicas && active.availableReplicas === replicas
    : next.availableReplicas >= replicas;
  const condition: NewCondition = {
    type: 'Available',
    status: isAvailable ? 'True' : 'False',
    reason: 'AvailableReason',
    message: isAvailable ? 'Rollout has minimum availability' : NOT_AVAILABLE,
  };
  setCondition(next, condition, nowText(work));
}

function updateCompleted(work: Work): void {
  const { next } = work;
  const isDone = isCompletedUpdate(next);
  const condition: NewCondition = {
    type: 'Completed',
    status: isDone ? 'True' : 'False',
    reason: 'RolloutCompleted',
    message: 'RolloutCompleted',
  };
  const changed = setCondition(next, condition, nowText(work));
  if (changed && !isDone) {
    const message = `Rollout not completed, started update to revision ${revisionOf(work.rollout)} (${next.currentPodHash})`;
    work.plan.events.push({ type: 'Normal', reason: 'RolloutNotCompleted', message });
  }
}
