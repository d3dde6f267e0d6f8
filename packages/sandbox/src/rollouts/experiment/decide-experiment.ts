import { toTime, type KubeObject, type NewObject } from '../../store/index.ts';
import { controlledBy } from '../../workloads/index.ts';
import { isWorse } from '../analysis/assess.ts';
import { composeRun, type AnalysisTemplates } from '../analysis/templates.ts';
import { parseGoDuration } from '../model/duration.ts';
import { EXPERIMENT_NAME_ANNOTATION, EXPERIMENT_TEMPLATE_ANNOTATION, POD_HASH_LABEL } from '../model/labels.ts';
import type { AnalysisRunView, ReplicaSetView } from '../model/snapshot.ts';
import { isCompleted, type AnalysisPhase } from '../model/status.ts';
import { podTemplateHash } from '../model/template-hash.ts';
import type {
  ExperimentAnalysis,
  ExperimentRunStatus,
  ExperimentSpec,
  ExperimentStatus,
  ExperimentTemplate,
  TemplateStatus,
} from './experiment-spec.ts';

export interface ExperimentSnapshot {
  experiment: KubeObject;
  spec: ExperimentSpec;
  status: ExperimentStatus;
  /** By the name of the template that each was made for. */
  replicaSets: ReadonlyMap<string, ReplicaSetView>;
  runs: readonly AnalysisRunView[];
  templates: AnalysisTemplates;
}

export interface ExperimentPlan {
  status: ExperimentStatus;
  createReplicaSets: NewObject[];
  scale: { name: string; replicas: number }[];
  createRuns: NewObject[];
  terminateRuns: string[];
  wakeAt: Date | undefined;
}

interface Work extends ExperimentSnapshot {
  now: Date;
  isEnding: boolean;
  hasElapsed: boolean;
  plan: ExperimentPlan;
}

/**
 * Runs the pods of each template side by side for the duration, with the analyses on top, and says what came of it.
 * The rules follow `experiments/experiment.go` of argo-rollouts: a template that misses its deadline, or an analysis that does not
 * succeed, ends the experiment; analyses that are required end it well, without waiting for the duration.
 */
export function decideExperiment(snapshot: ExperimentSnapshot, now: Date): ExperimentPlan {
  const { spec, status } = snapshot;
  const endsAtMs = endOf(spec, status);
  const plan: ExperimentPlan = { status, createReplicaSets: [], scale: [], createRuns: [], terminateRuns: [], wakeAt: undefined };
  const hasElapsed = endsAtMs !== undefined && endsAtMs <= now.getTime();
  const isEnding = spec.terminate === true || isCompleted(status.phase) || hasElapsed;
  const work: Work = { ...snapshot, now, isEnding, hasElapsed, plan };
  const templateStatuses = spec.templates.map((template) => manageTemplate(work, template));
  const analysisRuns = spec.analyses.map((analysis) => manageAnalysis(work, analysis));
  plan.status = settle(work, { ...status, templateStatuses, analysisRuns });
  if (endsAtMs !== undefined && !hasElapsed) wake(work, endsAtMs);
  return plan;
}

function endOf(spec: ExperimentSpec, status: ExperimentStatus): number | undefined {
  const durationMs = parseGoDuration(spec.duration ?? '');
  return durationMs === undefined || !status.availableAt ? undefined : Date.parse(status.availableAt) + durationMs;
}

function wake(work: Work, atMs: number): void {
  const known = work.plan.wakeAt?.getTime();
  if (atMs > work.now.getTime() && (known === undefined || atMs < known)) work.plan.wakeAt = new Date(atMs);
}

function manageTemplate(work: Work, template: ExperimentTemplate): TemplateStatus {
  const set = work.replicaSets.get(template.name);
  const wanted = work.isEnding ? 0 : (template.replicas ?? 1);
  if (set === undefined && !work.isEnding) work.plan.createReplicaSets.push(newReplicaSet(work.experiment, template));
  if (set !== undefined && set.specReplicas !== wanted) work.plan.scale.push({ name: set.name, replicas: wanted });
  const next = countedTemplate(work, template.name, set);
  return { ...next, ...assessTemplate(work, next, wanted) };
}

function countedTemplate(work: Work, name: string, set: ReplicaSetView | undefined): TemplateStatus {
  const before = work.status.templateStatuses.find((one) => one.name === name);
  const { replicas, readyReplicas, availableReplicas, hash } = set ?? { replicas: 0, readyReplicas: 0, availableReplicas: 0, hash: '' };
  const hasMoved = before?.replicas !== replicas || before.availableReplicas !== availableReplicas;
  return {
    name,
    message: before?.message ?? '',
    podTemplateHash: hash,
    replicas,
    updatedReplicas: replicas,
    readyReplicas,
    availableReplicas,
    lastTransitionTime: hasMoved ? toTime(work.now) : before.lastTransitionTime,
    status: before?.status,
  };
}

function assessTemplate(work: Work, template: TemplateStatus, wanted: number): Pick<TemplateStatus, 'status' | 'message'> {
  const { status, message } = template;
  if (status === 'Successful' || status === 'Failed' || status === 'Error') return { status, message };
  if (work.isEnding) return { status: 'Successful', message };
  if (template.availableReplicas === wanted) return { status: 'Running', message };
  const seconds = work.spec.progressDeadlineSeconds ?? 600;
  const deadlineMs = Date.parse(template.lastTransitionTime ?? '') + seconds * 1000;
  if (work.now.getTime() > deadlineMs) {
    return { status: 'Failed', message: `Template '${template.name}' exceeded its progressDeadlineSeconds (${seconds})` };
  }
  wake(work, deadlineMs + 1000);
  return { status: 'Progressing', message };
}

function newReplicaSet(experiment: KubeObject, template: ExperimentTemplate): NewObject {
  const hash = podTemplateHash({ name: template.name, template: template.template });
  const name = `${experiment.metadata.name}-${template.name}`;
  const labels = { ...template.template.metadata?.labels, [POD_HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      ...(experiment.metadata.namespace === undefined ? {} : { namespace: experiment.metadata.namespace }),
      labels,
      annotations: { [EXPERIMENT_NAME_ANNOTATION]: experiment.metadata.name, [EXPERIMENT_TEMPLATE_ANNOTATION]: template.name },
      ownerReferences: controlledBy(experiment),
    },
    spec: {
      replicas: template.replicas ?? 1,
      ...(template.minReadySeconds ? { minReadySeconds: template.minReadySeconds } : {}),
      selector: { ...template.selector, matchLabels: { ...template.selector.matchLabels, [POD_HASH_LABEL]: hash } },
      template: { metadata: { ...template.template.metadata, labels }, spec: template.template.spec },
    },
  };
}

function manageAnalysis(work: Work, analysis: ExperimentAnalysis): ExperimentRunStatus {
  const before = work.status.analysisRuns.find((one) => one.name === analysis.name) ?? {
    name: analysis.name,
    phase: '',
    message: '',
    analysisRun: '',
  };
  if (!work.status.availableAt) return before;
  if (before.analysisRun === '') return work.isEnding ? before : startRun(work, analysis, before);
  if (isCompleted(before.phase)) return before;
  const run = work.runs.find((one) => one.name === before.analysisRun);
  if (run === undefined) return { ...before, phase: 'Error', message: `analysisruns.argoproj.io "${before.analysisRun}" not found` };
  if (work.isEnding && !isCompleted(run.phase) && !run.terminate) work.plan.terminateRuns.push(run.name);
  return { ...before, phase: run.phase === '' ? 'Pending' : run.phase, message: run.message };
}

function startRun(work: Work, analysis: ExperimentAnalysis, before: ExperimentRunStatus): ExperimentRunStatus {
  const { experiment, spec, templates } = work;
  const extra = {
    args: fillTemplateHashes(work, analysis),
    dryRun: spec.dryRun ?? [],
    measurementRetention: spec.measurementRetention ?? [],
  };
  const composed = composeRun([{ templateName: analysis.templateName, clusterScope: analysis.clusterScope }], templates, extra);
  if (!composed.ok)
    return { ...before, phase: 'Error', message: `Failed to create AnalysisRun for analysis '${analysis.name}': ${composed.message}` };
  const name = `${experiment.metadata.name}-${analysis.name}`;
  work.plan.createRuns.push({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      ...(experiment.metadata.namespace === undefined ? {} : { namespace: experiment.metadata.namespace }),
      labels: { ...spec.analysisRunMetadata?.labels },
      annotations: { ...spec.analysisRunMetadata?.annotations },
      ownerReferences: controlledBy(experiment),
    },
    spec: composed.spec,
  });
  return { ...before, phase: 'Pending', analysisRun: name };
}

/** `{{templates.canary.podTemplateHash}}` and `{{templates.canary.replicaset.name}}` in arguments stand for the pods of that template. */
function fillTemplateHashes(work: Work, analysis: ExperimentAnalysis) {
  return (analysis.args ?? []).map((argument) => ({
    ...argument,
    value: argument.value?.replaceAll(
      /\{\{\s*templates\.([\w-]+)\.(podTemplateHash|replicaset\.name)\s*\}\}/g,
      (whole, name: string, what: string) => {
        const set = work.replicaSets.get(name);
        if (set === undefined) return whole;
        return what === 'podTemplateHash' ? set.hash : set.name;
      },
    ),
  }));
}

function settle(work: Work, next: ExperimentStatus): ExperimentStatus {
  if (isCompleted(next.phase)) return next;
  const templates = worstTemplate(next);
  const analyses = worstAnalysis(work.spec, next);
  const availableAt = templates.phase === 'Running' && !next.availableAt ? toTime(work.now) : next.availableAt;
  const chosen = choose(work.spec, { templates, analyses, next });
  const withTimes = { ...next, ...chosen, availableAt };
  const endsAtMs = endOf(work.spec, withTimes);
  if (endsAtMs !== undefined) wake(work, endsAtMs);
  return withTimes;
}

interface Assessed {
  phase: AnalysisPhase;
  message: string;
}

function choose(
  spec: ExperimentSpec,
  { templates, analyses, next }: { templates: Assessed; analyses: Assessed; next: ExperimentStatus },
): Assessed {
  const required = spec.analyses.filter((analysis) => analysis.requiredForCompletion === true);
  const runOf = (name: string) => next.analysisRuns.find((run) => run.name === name);
  const allRequiredGood = required.length > 0 && required.every((analysis) => runOf(analysis.name)?.phase === 'Successful');
  if (isCompleted(templates.phase)) {
    const isForAnalyses = templates.phase === 'Successful' && (isCompleted(analyses.phase) || required.length > 0);
    return isForAnalyses ? analyses : templates;
  }
  if (isCompleted(analyses.phase) && analyses.phase !== 'Successful') return analyses;
  return allRequiredGood ? { phase: 'Successful', message: 'Required Analysis Runs completed successfully' } : templates;
}

function worstTemplate(status: ExperimentStatus): Assessed {
  const order = ['Successful', 'Running', 'Progressing', 'Error', 'Failed'] as const;
  const worst = status.templateStatuses.toSorted(
    (a, b) => order.indexOf(b.status ?? 'Progressing') - order.indexOf(a.status ?? 'Progressing'),
  )[0];
  const phase = worst?.status ?? 'Progressing';
  return { phase: phase === 'Progressing' ? 'Pending' : phase, message: worst?.message ?? '' };
}

function worstAnalysis(spec: ExperimentSpec, status: ExperimentStatus): Assessed {
  let worst: Assessed = { phase: 'Successful', message: '' };
  for (const { phase, message } of status.analysisRuns) {
    const known = phase || 'Pending';
    if (isWorse(worst.phase, known)) worst = { phase: known, message };
  }
  return worst.phase === 'Pending' && spec.analyses.length > 0 ? { ...worst, phase: 'Running' } : worst;
}
