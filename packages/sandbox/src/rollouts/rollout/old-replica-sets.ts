import { toTime } from '../../store/index.ts';
import { POD_HASH_LABEL, SCALE_DOWN_DEADLINE_ANNOTATION } from '../model/labels.ts';
import type { ReplicaSetView } from '../model/snapshot.ts';
import { findPause } from './pause.ts';
import { isAborted, scale, total, wakeAt, type Work } from './work.ts';

/**
 * Takes pods away from ReplicaSets that are neither canary nor stable: first those that are not available anyway, then as many as
 * `maxUnavailable` allows, newest revision first. Returns whether anything changed.
 */
export function shrinkOldSetsOfCanary(work: Work): boolean {
  const active = work.otherSets.filter((set) => set.specReplicas > 0);
  if (active.length === 0) return false;
  let changed = false;
  const asked = new Map(active.map((set) => [set.name, set.specReplicas]));
  for (const set of active) {
    if (set.availableReplicas >= set.specReplicas) continue;
    asked.set(set.name, set.availableReplicas);
    changed = true;
  }
  let mayGo = total(work.allSets, (set) => set.availableReplicas) - (work.replicas - work.fences.maxUnavailable);
  for (const set of active.toSorted((a, b) => b.revision - a.revision)) {
    const now = asked.get(set.name) ?? 0;
    const taken = Math.max(0, Math.min(now, mayGo));
    if (taken === 0) continue;
    asked.set(set.name, now - taken);
    mayGo -= taken;
    changed = true;
  }
  for (const set of active) scale(work, set, asked.get(set.name) ?? 0);
  return changed;
}

/** Old ReplicaSets of a blue-green Rollout keep their pods for `scaleDownDelaySeconds`, so that going back is instant. */
export function shrinkOldSetsOfBlueGreen(work: Work): void {
  if (findPause(work, 'InconclusiveAnalysisRun') !== undefined || waitsForPostPromotion(work)) return;
  const blueGreen = work.spec.strategy?.blueGreen;
  const limit = blueGreen?.scaleDownDelayRevisionLimit ?? Number.POSITIVE_INFINITY;
  const delayMs = (blueGreen?.scaleDownDelaySeconds ?? 30) * 1000;
  const unused = work.otherSets.filter((set) => set.specReplicas > 0 && !isReferenced(work, set));
  let kept = 0;
  for (const set of unused.toSorted((a, b) => b.revision - a.revision)) {
    const isKept = kept < limit && keepForAWhile(work, set, delayMs);
    kept += 1;
    scale(work, set, isKept ? set.specReplicas : 0);
  }
}

function waitsForPostPromotion(work: Work): boolean {
  const blueGreen = work.spec.strategy?.blueGreen;
  if (!blueGreen?.postPromotionAnalysis || typeof blueGreen.scaleDownDelaySeconds === 'number') return false;
  const { activeSelector } = work.before.blueGreen;
  const isNotDue = work.before.stableRS === work.newSet.hash || activeSelector !== work.newSet.hash;
  return !isNotDue && work.runs.postPromotion?.phase !== 'Successful';
}

function isReferenced(work: Work, set: ReplicaSetView): boolean {
  const { before, snapshot } = work;
  const used = [before.stableRS, before.currentPodHash, before.blueGreen.activeSelector, before.blueGreen.previewSelector];
  return used.includes(set.hash) || [...snapshot.services.values()].some((service) => service.hash === set.hash);
}

/** Gives the ReplicaSet its deadline when it has none yet; returns false once the deadline is over or there is no delay. */
export function keepForAWhile(work: Work, set: ReplicaSetView, delayMs: number): boolean {
  if (set.scaleDownDeadlineMs === undefined) {
    if (delayMs === 0) return false;
    const deadline = new Date(work.now.getTime() + delayMs);
    annotate(work, set, toTime(deadline));
    wakeAt(work, Date.parse(toTime(deadline)));
    return true;
  }
  wakeAt(work, set.scaleDownDeadlineMs);
  return set.scaleDownDeadlineMs > work.now.getTime();
}

/** A ReplicaSet that is needed again loses its deadline; the aborted preview keeps it. */
export function dropDeadlines(work: Work): void {
  const needed = new Set([work.stableSet, ...(delaysAbort(work) ? [] : [work.newSet])]);
  for (const set of needed) if (set?.scaleDownDeadlineMs !== undefined) annotate(work, set, null);
}

/** An aborted blue-green preview keeps its pods for `abortScaleDownDelaySeconds` (30; 0 keeps them for good). */
export function delaysAbort(work: Work): boolean {
  const blueGreen = work.spec.strategy?.blueGreen;
  return Boolean(blueGreen) && isAborted(work) && work.stableSet !== undefined && blueGreen?.abortScaleDownDelaySeconds !== 0;
}

function annotate(work: Work, set: ReplicaSetView, deadline: string | null): void {
  work.plan.replicaSets.push({ name: set.name, annotations: { [SCALE_DOWN_DEADLINE_ANNOTATION]: deadline } });
}

/** Deletes the oldest empty ReplicaSets beyond `revisionHistoryLimit` (10), with the runs and experiments made for them. */
export function trimHistory(work: Work): void {
  const surplus = work.otherSets.length - (work.spec.revisionHistoryLimit ?? 10);
  if (surplus <= 0) return;
  const oldest = work.otherSets.toSorted((a, b) => a.createdAtMs - b.createdAtMs || a.revision - b.revision).slice(0, surplus);
  const empty = oldest.filter((set) => set.specReplicas === 0 && set.replicas === 0 && set.isObserved);
  const hashes = new Set(empty.map((set) => set.hash));
  work.plan.deleteReplicaSets.push(...empty.map((set) => set.name));
  work.plan.deleteAnalysisRuns.push(...work.otherRuns.filter((run) => hashes.has(run.labels[POD_HASH_LABEL] ?? '')).map((run) => run.name));
  work.plan.deleteExperiments.push(...work.otherExperiments.filter((one) => hashes.has(one.hash)).map((one) => one.name));
}
