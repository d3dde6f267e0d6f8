import { parsePauseDuration } from '../model/duration.ts';
import type { CanaryStep } from '../model/spec.ts';
import type { PauseReason } from '../model/status.ts';
import { currentStep, stepsOf } from '../model/steps.ts';
import { nowText, wakeAt, type Work } from './work.ts';

/** The pause with that reason, as the status was found. */
export function findPause(work: Work, reason: PauseReason): { startTime: string } | undefined {
  return work.before.pauseConditions.find((pause) => pause.reason === reason);
}

/**
 * Begins, or waits out, the pause step. Returns true while the step is a pause, so that nothing after it is looked at.
 * A pause that the status has no condition for, although the controller has paused, was ended by a person: it is not begun again.
 */
export function holdAtPauseStep(work: Work): boolean {
  if (work.spec.paused === true || work.before.promoteFull || stepsOf(work.spec).length === 0) return false;
  const step = currentStep(work.spec, work.before)?.step;
  if (!step?.pause) return false;
  const pause = findPause(work, 'CanaryPauseStep');
  if (pause === undefined) {
    if (!work.before.controllerPause) {
      work.pause.add.push('CanaryPauseStep');
      const durationMs = pauseMs(step);
      if (durationMs !== undefined) wakeAt(work, Date.parse(nowText(work)) + durationMs);
    }
    return true;
  }
  const durationMs = pauseMs(step);
  if (durationMs !== undefined) wakeAt(work, Date.parse(pause.startTime) + durationMs);
  return true;
}

/** A person ended the pause, or its duration is over. */
export function isPauseStepDone(work: Work, step: CanaryStep): boolean {
  const pause = findPause(work, 'CanaryPauseStep');
  if (pause === undefined) return work.before.controllerPause;
  const durationMs = pauseMs(step);
  return durationMs !== undefined && work.now.getTime() >= Date.parse(pause.startTime) + durationMs;
}

function pauseMs(step: CanaryStep): number | undefined {
  const duration = step.pause?.duration;
  return duration === undefined || duration === null ? undefined : parsePauseDuration(duration);
}

/** Writes abort and pauses into the status. An abort ends all pauses; its time is that of the first reconcile that saw it. */
export function applyPauses(work: Work): void {
  const { next, before, pause } = work;
  if (pause.abort || (!pause.removeAbort && before.abort)) {
    next.abort = true;
    next.abortedAt = before.abortedAt ?? nowText(work);
    return;
  }
  if (pause.clear) return;
  const kept = before.pauseConditions.filter((condition) => !pause.remove.includes(condition.reason));
  const added = [...new Set(pause.add)].filter((reason) => !before.pauseConditions.some((condition) => condition.reason === reason));
  const all = [...kept, ...added.map((reason) => ({ reason, startTime: nowText(work) }))];
  if (all.length === 0) return;
  next.pauseConditions = all;
  next.controllerPause = before.controllerPause || added.length > 0;
}
