import type { AnalysisView } from '@flow/core/rollout';
import { listAt, numberAt, textAt, timeAt } from '../json/index.ts';

type Phase = AnalysisView['phase'];
const phases: readonly Phase[] = ['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive'];
const shownMeasurements = 60;

const kindByLabel: Readonly<Record<string, AnalysisView['kind']>> = {
  Step: 'step',
  Background: 'background',
  PrePromotion: 'prePromotion',
  PostPromotion: 'postPromotion',
};

/** The slim view of an AnalysisRun: to which revision and step it belongs, and each metric with its newest measurements and its limit. */
export function projectAnalysisRun(run: unknown): AnalysisView {
  const type = textAt(run, 'metadata', 'labels', 'rollout-type');
  return {
    uid: textAt(run, 'metadata', 'uid'),
    name: textAt(run, 'metadata', 'name'),
    podHash: textAt(run, 'metadata', 'labels', 'rollouts-pod-template-hash'),
    kind: kindByLabel[type] ?? 'background',
    stepIndex: numberAt(run, 'metadata', 'labels', 'step-index'),
    phase: phaseOf(textAt(run, 'status', 'phase')),
    message: textAt(run, 'status', 'message'),
    startedAt: timeAt(run, 'status', 'startedAt'),
    completedAt: timeAt(run, 'status', 'completedAt'),
    metrics: listAt(run, 'spec', 'metrics').map((metric) => projectMetric(run, metric)),
  };
}

function projectMetric(run: unknown, metric: unknown): AnalysisView['metrics'][number] {
  const name = textAt(metric, 'name');
  const result = listAt(run, 'status', 'metricResults').find((candidate) => textAt(candidate, 'name') === name);
  const successCondition = withArguments(textAt(metric, 'successCondition'), run);
  return {
    name,
    phase: phaseOf(textAt(result, 'phase')),
    message: textAt(result, 'message'),
    successCondition,
    limit: limitOf(successCondition),
    failureLimit: numberAt(metric, 'failureLimit') ?? 0,
    failed: numberAt(result, 'failed') ?? 0,
    measurements: listAt(result, 'measurements')
      .slice(-shownMeasurements)
      .map((measurement) => ({
        at: textAt(measurement, 'finishedAt') || textAt(measurement, 'startedAt'),
        value: measuredNumber(textAt(measurement, 'value')),
        phase: textAt(measurement, 'phase'),
      })),
  };
}

function phaseOf(phase: string): Phase {
  return phases.find((known) => known === phase) ?? 'Pending';
}

function withArguments(condition: string, run: unknown): string {
  return condition.replaceAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g, (whole, name: string) => {
    const argument = listAt(run, 'spec', 'args').find((candidate) => textAt(candidate, 'name') === name);
    return argument === undefined ? whole : textAt(argument, 'value') || whole;
  });
}

/** The number that a simple comparison such as `result[0] <= 0.05` compares with; null for any other condition. */
export function limitOf(condition: string): number | null {
  const match = /^\s*(?:asFloat\()?result(?:\[0\]|\.[\w.]+)?\)?\s*(?:<=|<|>=|>)\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*$/.exec(condition);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** A measured value: Argo keeps text, a Prometheus vector of one is `[0.02]`. */
function measuredNumber(value: string): number | null {
  return numberAt([value.replace(/^\s*\[\s*([^,\]]*)\s*\]\s*$/, '$1').replaceAll('"', '')], 0);
}
