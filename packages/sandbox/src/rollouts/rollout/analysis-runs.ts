import { composeRun } from '../analysis/templates.ts';
import { controlledBy } from '../../workloads/index.ts';
import { POD_HASH_LABEL, REVISION_ANNOTATION, ROLLOUT_TYPE_LABEL, STEP_INDEX_LABEL } from '../model/labels.ts';
import type { AnalysisRunView } from '../model/snapshot.ts';
import type { RolloutAnalysis } from '../model/spec.ts';
import { isCompleted, type RunStatus } from '../model/status.ts';
import { currentStep } from '../model/steps.ts';
import { resolveArguments } from '../analysis/rollout-arguments.ts';
import { findPause } from './pause.ts';
import { isFastRollback } from './promotion.ts';
import { abort, isAborted, isFullyPromoted, note, revisionOf, type CurrentRuns, type Work } from './work.ts';

type RunType = 'Step' | 'Background' | 'PrePromotion' | 'PostPromotion';

/**
 * Starts, follows and ends the AnalysisRuns that belong to the update. A run that failed or could not measure aborts the update;
 * an inconclusive one pauses it. Runs that nothing refers to any more are ended, and deleted beyond the kept history.
 */
export function manageAnalysisRuns(work: Work): void {
  const { before, runs } = work;
  const isOver = isFullyPromoted(work) || isAborted(work) || before.promoteFull || isFastRollback(work) || before.stableRS === '';
  let kept: CurrentRuns;
  if (isOver) {
    Object.values(runs).forEach((run) => terminate(work, run));
    kept = { ...runs, step: undefined, background: undefined };
  } else if (work.spec.strategy?.canary) {
    kept = { step: stepRun(work), background: backgroundRun(work), prePromotion: undefined, postPromotion: undefined };
  } else {
    const prePromotion = promotionRun(work, 'PrePromotion');
    settlePromotionRun(work, prePromotion, 'pre');
    const postPromotion = promotionRun(work, 'PostPromotion');
    settlePromotionRun(work, postPromotion, 'post');
    kept = { step: undefined, background: undefined, prePromotion, postPromotion };
  }
  work.runs = kept;
  writeRunStatus(work, kept);
  const names = new Set(Object.values(kept).map((run) => run?.name));
  const others = work.otherRuns.filter((run) => !names.has(run.name));
  others.forEach((run) => terminate(work, run));
  work.plan.deleteAnalysisRuns.push(...beyondHistory(work, others));
}

function writeRunStatus(work: Work, runs: CurrentRuns): void {
  const { next } = work;
  if (work.spec.strategy?.canary) {
    next.canary.currentStepAnalysisRunStatus = toRunStatus(runs.step);
    next.canary.currentBackgroundAnalysisRunStatus = toRunStatus(runs.background);
  } else {
    next.blueGreen.prePromotionAnalysisRunStatus = toRunStatus(runs.prePromotion);
    next.blueGreen.postPromotionAnalysisRunStatus = toRunStatus(runs.postPromotion);
  }
}

function toRunStatus(run: AnalysisRunView | undefined): RunStatus | undefined {
  return run === undefined ? undefined : { name: run.name, status: run.phase, message: run.message };
}

function stepRun(work: Work): AnalysisRunView | undefined {
  const current = currentStep(work.spec, work.before);
  const run = work.runs.step;
  if (work.before.pauseConditions.length > 0 || work.before.abort) return run;
  const analysis = withTemplates(current?.step?.analysis);
  const isOfAnotherStep = run !== undefined && run.labels[STEP_INDEX_LABEL] !== String(current?.index);
  if (current === undefined || analysis === undefined || isOfAnotherStep) {
    terminate(work, run);
    return undefined;
  }
  if (needsNewRun(work, run)) {
    return createRun(work, { analysis, type: 'Step', suffix: `-${current.index}`, labels: { [STEP_INDEX_LABEL]: String(current.index) } });
  }
  settle(work, run, 'Step-based analysis phase error/failed');
  return run;
}

function withTemplates<T extends RolloutAnalysis>(analysis: T | null | undefined): T | undefined {
  return analysis && (analysis.templates ?? []).length > 0 ? analysis : undefined;
}

function backgroundRun(work: Work): AnalysisRunView | undefined {
  const analysis = withTemplates(work.spec.strategy?.canary?.analysis);
  const run = work.runs.background;
  if (analysis === undefined) {
    terminate(work, run);
    return undefined;
  }
  const index = currentStep(work.spec, work.before)?.index ?? 0;
  if (work.before.currentPodHash === '' || index < (analysis.startingStep ?? 0)) return undefined;
  if (findPause(work, 'InconclusiveAnalysisRun') !== undefined) return run;
  if (needsNewRun(work, run)) return createRun(work, { analysis, type: 'Background', suffix: '', labels: {} });
  settle(work, run, 'Background analysis phase error/failed');
  return run;
}

function promotionRun(work: Work, type: 'PrePromotion' | 'PostPromotion'): AnalysisRunView | undefined {
  const blueGreen = work.spec.strategy?.blueGreen;
  const analysis = withTemplates(type === 'PrePromotion' ? blueGreen?.prePromotionAnalysis : blueGreen?.postPromotionAnalysis);
  const run = type === 'PrePromotion' ? work.runs.prePromotion : work.runs.postPromotion;
  if (analysis === undefined) {
    terminate(work, run);
    return undefined;
  }
  if (isTooEarly(work, type, run)) {
    terminate(work, run);
    return run;
  }
  if (findPause(work, 'InconclusiveAnalysisRun') !== undefined || !needsNewRun(work, run)) return run;
  return createRun(work, { analysis, type, suffix: type === 'PrePromotion' ? '-pre' : '-post', labels: {} });
}

/** Before the preview is complete, or (after the switch, for the first kind; before it, for the second) not the time for this run. */
function isTooEarly(work: Work, type: 'PrePromotion' | 'PostPromotion', run: AnalysisRunView | undefined): boolean {
  const { newSet, before } = work;
  const active = before.blueGreen.activeSelector;
  if (before.stableRS === newSet.hash) return true;
  const isSwitched = active === newSet.hash;
  if (type === 'PrePromotion' ? active === '' || isSwitched : !isSwitched) return true;
  if (run !== undefined) return false;
  const previewCount = type === 'PrePromotion' ? work.spec.strategy?.blueGreen?.previewReplicaCount : undefined;
  const wanted = previewCount ?? work.replicas;
  return newSet.specReplicas !== wanted || newSet.availableReplicas !== wanted;
}

function settlePromotionRun(work: Work, run: AnalysisRunView | undefined, when: 'pre' | 'post'): void {
  settle(work, run, `Blue/green ${when}-promotion analysis phase error/failed`);
}

function settle(work: Work, run: AnalysisRunView | undefined, words: string): void {
  if (run === undefined) return;
  if (run.phase === 'Inconclusive') work.pause.add.push('InconclusiveAnalysisRun');
  if (run.phase === 'Failed' || run.phase === 'Error') abort(work, run.message === '' ? words : `${words}: ${run.message}`);
}

/** After a person resumed from an inconclusive run, and after a retry, the measurement is made anew. */
function needsNewRun(work: Work, run: AnalysisRunView | undefined): boolean {
  if (run === undefined) return true;
  const waits = findPause(work, 'CanaryPauseStep') !== undefined || findPause(work, 'BlueGreenPause') !== undefined;
  if (work.before.controllerPause && !waits) return run.phase === 'Inconclusive';
  return work.before.abortedAt !== undefined;
}

function terminate(work: Work, run: AnalysisRunView | undefined): void {
  if (run !== undefined && !run.terminate && !isCompleted(run.phase)) work.plan.terminateAnalysisRuns.push(run.name);
}

interface RunRequest {
  analysis: RolloutAnalysis;
  type: RunType;
  suffix: string;
  labels: Record<string, string>;
}

/** A run of that name that is still going is taken over; a finished one keeps its name, and the new one gets `.1`, `.2`, … */
function createRun(work: Work, request: RunRequest): AnalysisRunView | undefined {
  const { rollout, newSet, stableSet, snapshot } = work;
  const free = freeName(work, `${rollout.metadata.name}-${newSet.hash}-${revisionOf(rollout)}${request.suffix}`);
  if (typeof free !== 'string') return free;
  const { analysis } = request;
  const composed = composeRun(analysis.templates ?? [], snapshot.templates, {
    args: resolveArguments(analysis.args ?? [], { rollout, latestHash: newSet.hash, stableHash: stableSet?.hash ?? '' }),
    dryRun: analysis.dryRun ?? [],
    measurementRetention: analysis.measurementRetention ?? [],
  });
  if (!composed.ok) {
    note(work, { type: 'Warning', reason: 'ReconciliationError', message: `Reconciliation failed with error: ${composed.message}` });
    return undefined;
  }
  const run = newRun(work, request, free);
  work.plan.createAnalysisRuns.push({ ...run, spec: composed.spec });
  return { name: free, labels: run.metadata.labels, createdAtMs: work.now.getTime(), phase: '', message: '', terminate: false };
}

function freeName(work: Work, base: string): string | AnalysisRunView {
  let name = base;
  for (let collision = 1; ; collision += 1) {
    const existing = work.snapshot.analysisRuns.find((run) => run.name === name);
    if (existing === undefined) return name;
    if (!isCompleted(existing.phase) && !existing.terminate) return existing;
    name = `${base}.${collision}`;
  }
}

function newRun({ rollout, newSet, spec }: Work, { analysis, type, labels: own }: RunRequest, name: string) {
  const { labels, annotations } = analysis.analysisRunMetadata ?? {};
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      ...(rollout.metadata.namespace === undefined ? {} : { namespace: rollout.metadata.namespace }),
      labels: { ...own, [POD_HASH_LABEL]: newSet.hash, [ROLLOUT_TYPE_LABEL]: type, ...labels, ...spec.selector?.matchLabels },
      annotations: { ...annotations, [REVISION_ANNOTATION]: String(revisionOf(rollout)) },
      ownerReferences: controlledBy(rollout),
    },
  };
}

/** Names of finished runs beyond the history limits, and of those whose ReplicaSet is gone. */
function beyondHistory(work: Work, runs: readonly AnalysisRunView[]): string[] {
  const hashes = new Set(work.allSets.map((set) => set.hash));
  const newestFirst = runs.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  const gone = newestFirst.filter((run) => !hashes.has(run.labels[POD_HASH_LABEL] ?? ''));
  const there = newestFirst.filter((run) => hashes.has(run.labels[POD_HASH_LABEL] ?? ''));
  const good = there.filter((run) => run.phase === 'Successful');
  const bad = there.filter((run) => isCompleted(run.phase) && run.phase !== 'Successful');
  const limits = work.spec.analysis;
  return [...gone, ...good.slice(limits?.successfulRunHistoryLimit ?? 5), ...bad.slice(limits?.unsuccessfulRunHistoryLimit ?? 5)].map(
    (run) => run.name,
  );
}
