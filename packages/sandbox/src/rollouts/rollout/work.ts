import { toTime, type KubeObject } from '../../store/index.ts';
import { REVISION_ANNOTATION } from '../model/labels.ts';
import type { AnalysisRunView, ExperimentView, ReplicaSetView, RolloutPlan, RolloutSnapshot } from '../model/snapshot.ts';
import type { RolloutSpec } from '../model/spec.ts';
import type { PauseReason, RolloutStatus, RunStatus } from '../model/status.ts';
import { resolveFences } from './replica-counts.ts';

/** The runs that `status` names; every other run of the Rollout is an old one. */
export type CurrentRuns = Record<'step' | 'background' | 'prePromotion' | 'postPromotion', AnalysisRunView | undefined>;

/** What this reconcile found out about pauses and the abort, applied to the status at its end. */
export interface PauseChanges {
  add: PauseReason[];
  remove: PauseReason[];
  clear: boolean;
  abort: boolean;
  removeAbort: boolean;
  abortMessage: string;
}

/** One reconcile under way: the facts, split up, and the plan that grows. */
export interface Work {
  now: Date;
  rollout: KubeObject;
  spec: RolloutSpec;
  snapshot: RolloutSnapshot;
  /** The status as it was found. */
  before: RolloutStatus;
  /** The status that will be written. */
  next: RolloutStatus;
  replicas: number;
  fences: { maxSurge: number; maxUnavailable: number };
  newSet: ReplicaSetView;
  stableSet: ReplicaSetView | undefined;
  otherSets: readonly ReplicaSetView[];
  allSets: readonly ReplicaSetView[];
  runs: CurrentRuns;
  otherRuns: readonly AnalysisRunView[];
  experiment: ExperimentView | undefined;
  otherExperiments: readonly ExperimentView[];
  pause: PauseChanges;
  plan: RolloutPlan;
}

/** A plan that changes nothing. */
export function emptyPlan(status: RolloutStatus): RolloutPlan {
  return {
    status,
    replicaSets: [],
    deleteReplicaSets: [],
    services: [],
    createAnalysisRuns: [],
    terminateAnalysisRuns: [],
    deleteAnalysisRuns: [],
    createExperiments: [],
    terminateExperiments: [],
    deleteExperiments: [],
    deletePods: [],
    events: [],
    wakeAt: undefined,
  };
}

/** Splits the snapshot around the ReplicaSet of the newest template. */
export function beginWork(snapshot: RolloutSnapshot, newSet: ReplicaSetView, now: Date): Work {
  const { spec, status } = snapshot;
  const replicas = spec.replicas ?? 1;
  const stableSet = status.stableRS === '' ? undefined : snapshot.replicaSets.find((set) => set.hash === status.stableRS);
  const strategy = spec.strategy?.canary ?? spec.strategy?.blueGreen;
  const runs = currentRuns(snapshot);
  const current = new Set(Object.values(runs).map((run) => run?.name));
  const experiment = snapshot.experiments.find((one) => one.name === status.canary.currentExperiment);
  return {
    now,
    rollout: snapshot.rollout,
    spec,
    snapshot,
    before: status,
    next: nextStatus(status),
    replicas,
    fences: resolveFences(replicas, strategy ?? {}),
    newSet,
    stableSet,
    otherSets: snapshot.replicaSets.filter((set) => set.name !== newSet.name && set.name !== stableSet?.name),
    allSets: snapshot.replicaSets,
    runs,
    otherRuns: snapshot.analysisRuns.filter((run) => !current.has(run.name)),
    experiment,
    otherExperiments: snapshot.experiments.filter((one) => one !== experiment),
    pause: { add: [], remove: [], clear: false, abort: false, removeAbort: false, abortMessage: '' },
    plan: emptyPlan(status),
  };
}

/** Nothing of the pauses, the abort and the current runs is carried over: what still holds is found again. */
function nextStatus(before: RolloutStatus): RolloutStatus {
  return {
    ...before,
    pauseConditions: [],
    controllerPause: false,
    abort: false,
    abortedAt: undefined,
    canary: { currentStepAnalysisRunStatus: undefined, currentBackgroundAnalysisRunStatus: undefined, currentExperiment: '' },
    blueGreen: {
      activeSelector: '',
      previewSelector: '',
      scaleUpPreviewCheckPoint: false,
      prePromotionAnalysisRunStatus: undefined,
      postPromotionAnalysisRunStatus: undefined,
    },
  };
}

function currentRuns({ status, analysisRuns }: RolloutSnapshot): CurrentRuns {
  const named = (run: RunStatus | undefined): AnalysisRunView | undefined => analysisRuns.find((one) => one.name === run?.name);
  return {
    step: named(status.canary.currentStepAnalysisRunStatus),
    background: named(status.canary.currentBackgroundAnalysisRunStatus),
    prePromotion: named(status.blueGreen.prePromotionAnalysisRunStatus),
    postPromotion: named(status.blueGreen.postPromotionAnalysisRunStatus),
  };
}

/** Notes that the decision changes at this time; the earliest one counts. */
export function wakeAt(work: Work, timeMs: number): void {
  if (timeMs <= work.now.getTime()) return;
  const known = work.plan.wakeAt?.getTime();
  if (known === undefined || timeMs < known) work.plan.wakeAt = new Date(timeMs);
}

/** Asks for another size of a ReplicaSet; returns whether that is a change. */
export function scale(work: Work, set: ReplicaSetView, replicas: number): boolean {
  if (set.specReplicas === replicas) return false;
  work.plan.replicaSets.push({ name: set.name, replicas });
  const direction = replicas > set.specReplicas ? 'up' : 'down';
  note(work, {
    reason: 'ScalingReplicaSet',
    message: `Scaled ${direction} ReplicaSet ${set.name} (revision ${set.revision}) from ${set.specReplicas} to ${replicas}`,
  });
  return true;
}

/** Records an event about the Rollout. */
export function note(work: Work, event: { reason: string; message: string; type?: 'Normal' | 'Warning' }): void {
  work.plan.events.push({ type: event.type ?? 'Normal', reason: event.reason, message: event.message });
}

/** The moment of this reconcile, as Kubernetes writes times. */
export function nowText(work: Work): string {
  return toTime(work.now);
}

/** The revision in the Rollout's annotation; 0 before the first one. */
export function revisionOf(rollout: KubeObject): number {
  return Number(rollout.metadata.annotations?.[REVISION_ANNOTATION] ?? 0) || 0;
}

/** True after an abort that was not taken back in this reconcile. */
export function isAborted(work: Work): boolean {
  return !work.pause.removeAbort && (work.pause.abort || work.before.abort);
}

/** Stops the update; the message says why. */
export function abort(work: Work, message: string): void {
  work.pause.abort = true;
  work.pause.abortMessage = message;
}

/** The stable template is the newest one: nothing is under way. */
export function isFullyPromoted(work: Work): boolean {
  return work.before.stableRS === work.before.currentPodHash;
}

/** Why no pod counts may change, if so. */
export function haltReason(work: Work): string | undefined {
  if (work.spec.paused === true) return 'user paused';
  if (work.before.pauseConditions.some((pause) => pause.reason === 'InconclusiveAnalysisRun')) return 'inconclusive analysis';
  return undefined;
}

/** Sum of one number over ReplicaSets. */
export function total(sets: readonly ReplicaSetView[], count: (set: ReplicaSetView) => number): number {
  return sets.reduce((sum, set) => sum + count(set), 0);
}
