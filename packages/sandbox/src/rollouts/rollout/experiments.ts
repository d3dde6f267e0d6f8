import { z } from 'zod';
import type { KubeObject, NewObject } from '../../store/index.ts';
import { controlledBy } from '../../workloads/index.ts';
import { POD_HASH_LABEL, REVISION_ANNOTATION } from '../model/labels.ts';
import type { ExperimentView } from '../model/snapshot.ts';
import { podTemplateSchema, type ExperimentStep } from '../model/spec.ts';
import { isCompleted } from '../model/status.ts';
import { currentStep } from '../model/steps.ts';
import { resolveArguments } from '../analysis/rollout-arguments.ts';
import { findPause } from './pause.ts';
import { abort, isAborted, note, revisionOf, type Work } from './work.ts';

const replicaSetSchema = z.object({ spec: z.object({ template: podTemplateSchema }) });

/** Starts, follows and ends the Experiment of an experiment step. One that failed aborts the update, an inconclusive one pauses it. */
export function manageExperiments(work: Work): void {
  if (isAborted(work) || work.before.promoteFull) {
    end(work, [...work.otherExperiments, work.experiment]);
    return;
  }
  if (findPause(work, 'InconclusiveAnalysisRun') !== undefined) return;
  const current = currentStep(work.spec, work.before);
  const step = current?.step?.experiment;
  if (!step || work.stableSet === undefined) {
    end(work, [...work.otherExperiments, work.experiment]);
    return;
  }
  const experiment = ofThisStep(work, current.index) ?? create(work, step, current.index);
  work.experiment = experiment;
  follow(work, experiment);
  end(
    work,
    work.otherExperiments.filter((one) => one.name !== experiment.name),
  );
}

/** The one named in the status; else the newest that was made for this step and revision, also when it has already succeeded. */
function ofThisStep(work: Work, index: number): ExperimentView | undefined {
  const base = nameOf(work, index);
  const mine = work.otherExperiments.filter((one) => one.name === base || one.name.startsWith(`${base}-`));
  return work.experiment ?? mine.findLast((one) => !one.terminate && (one.phase === 'Successful' || !isCompleted(one.phase)));
}

function follow(work: Work, experiment: ExperimentView): void {
  if (experiment.phase === 'Successful') return;
  work.next.canary.currentExperiment = experiment.name;
  if (experiment.phase === 'Inconclusive') work.pause.add.push('InconclusiveExperiment');
  if (experiment.phase === 'Failed' || experiment.phase === 'Error') {
    const cause = experiment.message === '' ? '' : `: ${experiment.message}`;
    abort(work, `Experiment analysis phase is error/failed${cause}`);
  }
}

function end(work: Work, experiments: readonly (ExperimentView | undefined)[]): void {
  for (const one of experiments) {
    if (one !== undefined && !one.terminate && !isCompleted(one.phase)) work.plan.terminateExperiments.push(one.name);
  }
}

function nameOf(work: Work, index: number): string {
  return `${work.rollout.metadata.name}-${work.newSet.hash}-${revisionOf(work.rollout)}-${index}`;
}

function create(work: Work, step: ExperimentStep, index: number): ExperimentView {
  const base = nameOf(work, index);
  let name = base;
  for (let collision = 1; work.snapshot.experiments.some((one) => one.name === name); collision += 1) name = `${base}-${collision}`;
  work.plan.createExperiments.push(newExperiment(work, step, name));
  note(work, { reason: 'ExperimentCreated', message: `Created Experiment '${name}'` });
  return { name, hash: work.newSet.hash, createdAtMs: work.now.getTime(), phase: '', message: '', terminate: false };
}

function newExperiment(work: Work, step: ExperimentStep, name: string): NewObject {
  const { rollout, newSet, stableSet, spec } = work;
  const source = { rollout, latestHash: newSet.hash, stableHash: stableSet?.hash ?? '' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: {
      name,
      ...(rollout.metadata.namespace === undefined ? {} : { namespace: rollout.metadata.namespace }),
      labels: { ...rollout.metadata.labels, [POD_HASH_LABEL]: newSet.hash },
      annotations: { [REVISION_ANNOTATION]: String(revisionOf(rollout)) },
      ownerReferences: controlledBy(rollout),
    },
    spec: {
      ...(step.duration ? { duration: step.duration } : {}),
      ...(typeof spec.progressDeadlineSeconds === 'number' ? { progressDeadlineSeconds: spec.progressDeadlineSeconds } : {}),
      ...(step.dryRun ? { dryRun: step.dryRun } : {}),
      ...(step.analysisRunMetadata ? { analysisRunMetadata: step.analysisRunMetadata } : {}),
      templates: step.templates.map((template) => newTemplate(work, template)),
      analyses: (step.analyses ?? []).map((analysis) => ({ ...analysis, args: resolveArguments(analysis.args ?? [], source) })),
    },
  };
}

/** The pods look like those of the ReplicaSet that is named; the Experiment gives them a hash of their own, so that the Rollout's Services leave them out. */
function newTemplate(work: Work, template: ExperimentStep['templates'][number]): Record<string, unknown> {
  const { spec } = work;
  const set = template.specRef === 'stable' ? (work.stableSet ?? work.newSet) : work.newSet;
  const podTemplate = templateOf(set.object);
  const labels = { ...podTemplate.labels, ...template.metadata?.labels };
  return {
    name: template.name,
    replicas: template.replicas ?? 1,
    minReadySeconds: set.minReadySeconds,
    selector: template.selector ?? {
      ...spec.selector,
      matchLabels: { ...spec.selector?.matchLabels, [POD_HASH_LABEL]: set.hash, ...template.metadata?.labels },
    },
    template: {
      metadata: { labels, annotations: { ...podTemplate.annotations, ...template.metadata?.annotations } },
      spec: podTemplate.spec,
    },
  };
}

function templateOf(replicaSet: KubeObject): { labels: Record<string, string>; annotations: Record<string, string>; spec: unknown } {
  const { template } = replicaSetSchema.parse(replicaSet).spec;
  return { labels: template.metadata?.labels ?? {}, annotations: template.metadata?.annotations ?? {}, spec: template.spec };
}
