import { isCompleted, type AnalysisPhase } from '../model/status.ts';
import type { Metric, MetricResult } from './run-spec.ts';

/** Errors are tried again after this time, whatever the interval is. */
export const ERROR_RETRY_MS = 10_000;

type Limit = number | string | null | undefined;

/** A limit that may be written as a number or as text; undefined when it is absent. */
export function limitOf(limit: Limit): number | undefined {
  if (limit === undefined || limit === null || limit === '') return undefined;
  return Number(limit);
}

/** How often the metric is measured: one time when neither count nor interval is given, without end when there is only an interval. */
export function effectiveCount(metric: Metric): number | undefined {
  const count = limitOf(metric.count);
  if (count === undefined || count === 0) return metric.interval ? undefined : 1;
  return count;
}

/** The phase that broke a limit, and in which words; none while all limits hold. The last broken one counts. */
export function brokenLimit(metric: Metric, result: MetricResult): { phase: AnalysisPhase; message: string } | undefined {
  const failureLimit = limitOf(metric.failureLimit) ?? 0;
  const inconclusiveLimit = limitOf(metric.inconclusiveLimit) ?? 0;
  const errorLimit = limitOf(metric.consecutiveErrorLimit) ?? 4;
  let broken: { phase: AnalysisPhase; message: string } | undefined;
  if (failureLimit >= 0 && result.failed > failureLimit) {
    broken = { phase: 'Failed', message: `failed (${result.failed}) > failureLimit (${failureLimit})` };
  }
  if (result.inconclusive > inconclusiveLimit) {
    broken = { phase: 'Inconclusive', message: `inconclusive (${result.inconclusive}) > inconclusiveLimit (${inconclusiveLimit})` };
  }
  if (result.consecutiveError > errorLimit) {
    broken = { phase: 'Error', message: `consecutiveErrors (${result.consecutiveError}) > consecutiveErrorLimit (${errorLimit})` };
  }
  return broken;
}

/**
 * The phase of one metric after its newest measurement. The rules are those of `assessMetricStatus` (argo-rollouts `analysis/analysis.go`):
 * a finished metric stays as it is; a broken limit decides at once; then consecutive successes; then the count; a metric without an end is
 * successful when the run is told to end.
 */
export function assessMetric(metric: Metric, result: MetricResult, isTerminating: boolean): AnalysisPhase {
  if (isCompleted(result.phase)) return result.phase;
  const last = result.measurements.at(-1);
  if (last === undefined) return isTerminating ? 'Successful' : 'Pending';
  if (!isCompleted(last.phase)) return 'Running';
  const broken = brokenLimit(metric, result);
  if (broken !== undefined) return broken.phase;
  const successLimit = limitOf(metric.consecutiveSuccessLimit) ?? 0;
  if (successLimit > 0 && result.consecutiveSuccess >= successLimit) return 'Successful';
  const count = effectiveCount(metric);
  if (count !== undefined && result.count >= count) return atFullCount(metric, successLimit);
  return isTerminating ? 'Successful' : 'Running';
}

/** All measurements are made and no limit is broken, but the wanted row of successes may not have come. */
function atFullCount(metric: Metric, successLimit: number): AnalysisPhase {
  if (successLimit === 0) return 'Successful';
  return (limitOf(metric.failureLimit) ?? 0) >= 0 ? 'Inconclusive' : 'Failed';
}

const SEVERITY: Readonly<Record<AnalysisPhase, number>> = { Successful: 0, Running: 1, Pending: 2, Inconclusive: 3, Error: 4, Failed: 5 };

/** Whether the second phase is worse than the first. */
export function isWorse(current: AnalysisPhase, other: AnalysisPhase): boolean {
  return SEVERITY[other] > SEVERITY[current];
}
