import { toTime } from '../../store/index.ts';
import { parseGoDuration } from '../model/duration.ts';
import { isCompleted, type AnalysisPhase } from '../model/status.ts';
import { assessMetric, brokenLimit, effectiveCount, ERROR_RETRY_MS, isWorse, limitOf } from './assess.ts';
import type { Measurement, Metric, MetricResult, RunSpec, RunStatus, RunSummary } from './run-spec.ts';

/** Measurements that are kept for each metric, unless the run says otherwise. */
const KEPT_MEASUREMENTS = 10;

export interface RunSnapshot {
  spec: RunSpec;
  status: RunStatus;
  /** Names of metrics that are being measured by this process right now. */
  inFlight: ReadonlySet<string>;
}

export type MetricTask =
  | { kind: 'start'; metric: Metric }
  | { kind: 'resume'; metric: Metric; measurement: Measurement }
  | { kind: 'terminate'; metric: Metric; measurement: Measurement };

export interface RunDecision {
  status: RunStatus;
  tasks: MetricTask[];
  wakeAt: Date | undefined;
}

/** What is to be measured now, and what the run comes to with what has been measured. */
export function decideRun({ spec, status, inFlight }: RunSnapshot, now: Date): RunDecision {
  if (isCompleted(status.phase)) return { status, tasks: [], wakeAt: undefined };
  const problem = findInvalidMetric(spec);
  if (problem !== undefined) {
    return {
      status: { ...status, phase: 'Error', message: `Analysis spec invalid: ${problem}`, completedAt: toTime(now) },
      tasks: [],
      wakeAt: undefined,
    };
  }
  const started: RunStatus = { ...status, startedAt: status.startedAt ?? toTime(now) };
  const isEnding = isTerminating(spec, started);
  const due = spec.metrics.map((metric) => dueOf(metric, { status: started, isEnding, now }));
  const tasks = due.flatMap(({ task }) => (task === undefined || inFlight.has(task.metric.name) ? [] : [task]));
  const next = assessRun(spec, started, now);
  const wakes = isCompleted(next.phase) ? [] : due.flatMap(({ atMs }) => atMs ?? []);
  return { status: next, tasks, wakeAt: wakes.length === 0 ? undefined : new Date(Math.min(...wakes)) };
}

/** A run ends early when it is told to, and when a metric that counts did not succeed. */
export function isTerminating(spec: RunSpec, status: RunStatus): boolean {
  if (spec.terminate === true) return true;
  return status.metricResults.some(
    (result) => result.dryRun !== true && (result.phase === 'Failed' || result.phase === 'Error' || result.phase === 'Inconclusive'),
  );
}

interface Due {
  task?: MetricTask;
  atMs?: number;
}

function dueOf(metric: Metric, at: { status: RunStatus; isEnding: boolean; now: Date }): Due {
  const result = at.status.metricResults.find((one) => one.name === metric.name);
  if (isCompleted(result?.phase)) return {};
  const last = result?.measurements.at(-1);
  if (last !== undefined && !last.finishedAt) {
    if (at.isEnding) return { task: { kind: 'terminate', metric, measurement: last } };
    return { task: { kind: 'resume', metric, measurement: last } };
  }
  if (at.isEnding) return {};
  const dueMs = result === undefined || last === undefined ? firstDueMs(metric, at.status) : nextDueMs(metric, result, last);
  if (dueMs === undefined) return {};
  return dueMs <= at.now.getTime() ? { task: { kind: 'start', metric } } : { atMs: dueMs };
}

function firstDueMs(metric: Metric, status: RunStatus): number {
  return Date.parse(status.startedAt ?? '') + (parseGoDuration(metric.initialDelay ?? '0') ?? 0);
}

function nextDueMs(metric: Metric, result: MetricResult, last: Measurement): number | undefined {
  const count = effectiveCount(metric);
  if (count !== undefined && result.count >= count) return undefined;
  const intervalMs = last.phase === 'Error' ? ERROR_RETRY_MS : (parseGoDuration(metric.interval ?? '') ?? ERROR_RETRY_MS);
  return Date.parse(last.finishedAt ?? '') + intervalMs;
}

/** Adds a measurement, or replaces the unfinished one of the same metric, and counts it once it is finished. */
export function recordMeasurement(spec: RunSpec, status: RunStatus, measured: { name: string; measurement: Measurement }): RunStatus {
  const { name, measurement } = measured;
  const known = status.metricResults.find((result) => result.name === name) ?? emptyResult(name, matchesAny(spec.dryRun ?? [], name));
  const last = known.measurements.at(-1);
  const earlier = last !== undefined && !last.finishedAt ? known.measurements.slice(0, -1) : known.measurements;
  const kept = [...earlier, measurement].slice(-keptCount(spec, name));
  const result: MetricResult = { ...countMeasurement(known, measurement), measurements: kept };
  const others = status.metricResults.filter((one) => one.name !== name);
  return { ...status, metricResults: [...others, result].toSorted(bySpecOrder(spec)) };
}

function bySpecOrder(spec: RunSpec): (a: MetricResult, b: MetricResult) => number {
  const position = (result: MetricResult): number => spec.metrics.findIndex((metric) => metric.name === result.name);
  return (a, b) => position(a) - position(b);
}

function emptyResult(name: string, dryRun: boolean): MetricResult {
  const zero = { count: 0, successful: 0, failed: 0, inconclusive: 0, error: 0, consecutiveError: 0, consecutiveSuccess: 0 };
  return { name, phase: 'Running', ...zero, dryRun, measurements: [] };
}

function countMeasurement(result: MetricResult, { phase }: Measurement): MetricResult {
  switch (phase) {
    case 'Successful':
      return {
        ...result,
        successful: result.successful + 1,
        count: result.count + 1,
        consecutiveError: 0,
        consecutiveSuccess: result.consecutiveSuccess + 1,
      };
    case 'Failed':
      return { ...result, failed: result.failed + 1, count: result.count + 1, consecutiveError: 0, consecutiveSuccess: 0 };
    case 'Inconclusive':
      return { ...result, inconclusive: result.inconclusive + 1, count: result.count + 1, consecutiveError: 0, consecutiveSuccess: 0 };
    case 'Error':
      return { ...result, error: result.error + 1, consecutiveError: result.consecutiveError + 1, consecutiveSuccess: 0 };
    case 'Pending':
    case 'Running':
      return result;
  }
}

function keptCount(spec: RunSpec, name: string): number {
  const asked = (spec.measurementRetention ?? []).filter((one) => matchesAny([one], name)).map((one) => one.limit);
  return Math.max(KEPT_MEASUREMENTS, ...asked);
}

/** Dry runs and retentions name metrics by a regular expression. */
function matchesAny(rules: readonly { metricName: string }[], name: string): boolean {
  return rules.some(({ metricName }) => metricName === name || toPattern(metricName)?.test(name) === true);
}

function toPattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

/**
 * The phases of all metrics and of the run. The worst metric that counts decides once all are finished; a run that ends early takes the worst
 * of what is there, and is successful when nothing was measured. (`assessRunStatus`, argo-rollouts `analysis/analysis.go`.)
 */
export function assessRun(spec: RunSpec, status: RunStatus, now: Date): RunStatus {
  const isEnding = isTerminating(spec, status);
  const first = status.metricResults.map((result) => assessed(spec, result, isEnding));
  // A metric that has just failed ends the run, and with it the metrics that would have gone on.
  const endsNow = !isEnding && isTerminating(spec, { ...status, metricResults: first });
  const results = endsNow ? first.map((result) => assessed(spec, result, true)) : first;
  const finished = results.filter((result) => isCompleted(result.phase));
  const worst = worstOf(finished);
  const isCut = (isEnding || endsNow) && !results.some(isUnfinished);
  const next = {
    ...status,
    runSummary: summarize(spec, results, false),
    dryRunSummary: summarize(spec, results, true),
    metricResults: results,
  };
  if (!isCut && finished.length < spec.metrics.length) return { ...next, phase: 'Running', message: '' };
  const message = worst === undefined ? '' : messageOf(spec, results, worst);
  const ended = spec.terminate === true ? 'Run Terminated' : '';
  return { ...next, phase: worst ?? 'Successful', message: message || ended, completedAt: status.completedAt ?? toTime(now) };
}

/** A measurement that goes on outside of this process, such as a Job: it is ended before the run is. */
function isUnfinished(result: MetricResult): boolean {
  const last = result.measurements.at(-1);
  return last !== undefined && !last.finishedAt;
}

function assessed(spec: RunSpec, result: MetricResult, isEnding: boolean): MetricResult {
  const metric = spec.metrics.find((one) => one.name === result.name);
  if (metric === undefined) return result;
  const phase = assessMetric(metric, result, isEnding);
  if (phase === result.phase) return result;
  const broken = result.dryRun === true ? brokenLimit(metric, result) : undefined;
  const message = broken === undefined ? result.measurements.at(-1)?.message : `Metric assessed ${phase} due to ${broken.message}`;
  return { ...result, phase, ...(message ? { message } : {}) };
}

/** Dry runs count only as "something is finished". */
function worstOf(finished: readonly MetricResult[]): AnalysisPhase | undefined {
  let worst: AnalysisPhase | undefined;
  for (const result of finished) {
    const phase = result.dryRun === true ? 'Successful' : result.phase;
    if (worst === undefined || isWorse(worst, phase)) worst = phase;
  }
  return worst;
}

function messageOf(spec: RunSpec, results: readonly MetricResult[], worst: AnalysisPhase): string {
  const result = results.find((one) => one.dryRun !== true && one.phase === worst);
  const metric = spec.metrics.find((one) => one.name === result?.name);
  if (result === undefined || metric === undefined) return '';
  const broken = brokenLimit(metric, result);
  if (broken === undefined) return '';
  const detail = result.message ? `: "Error Message: ${result.message}"` : '';
  return `Metric "${result.name}" assessed ${worst} due to ${broken.message}${detail}`;
}

function summarize(spec: RunSpec, results: readonly MetricResult[], dryRun: boolean): RunSummary {
  const of = results.filter((result) => (result.dryRun === true) === dryRun && isCompleted(result.phase));
  const countOf = (phase: AnalysisPhase): number => of.filter((result) => result.phase === phase).length;
  const names = spec.metrics.filter((metric) => matchesAny(spec.dryRun ?? [], metric.name) === dryRun);
  return {
    count: names.length,
    successful: countOf('Successful'),
    failed: countOf('Failed'),
    inconclusive: countOf('Inconclusive'),
    error: countOf('Error'),
  };
}

function findInvalidMetric(spec: RunSpec): string | undefined {
  if (spec.metrics.length === 0) return 'no metrics specified';
  for (const [index, metric] of spec.metrics.entries()) {
    const problem = problemOf(metric);
    if (problem !== undefined) return `metrics[${index}]: ${problem}`;
  }
  return undefined;
}

function problemOf(metric: Metric): string | undefined {
  const count = limitOf(metric.count) ?? 0;
  const failureLimit = limitOf(metric.failureLimit) ?? 0;
  const successLimit = limitOf(metric.consecutiveSuccessLimit) ?? 0;
  const general = problemOfProvider(metric) ?? problemOfTimes(metric, count);
  if (general !== undefined) return general;
  if (failureLimit < -1) return 'failureLimit must be >= 0, or -1 to be disabled';
  if (successLimit === 0 && failureLimit === -1) return 'failureLimit and consecutiveSuccessLimit cannot both be disabled';
  if (count > 0 && failureLimit >= 0 && count < failureLimit + successLimit) {
    return `count (${count}) must be >= failureLimit + consecutiveSuccessLimit (${failureLimit} + ${successLimit}) if both >= 0`;
  }
  return undefined;
}

function problemOfProvider({ provider }: Metric): string | undefined {
  if (!provider.web && !provider.job) return 'no provider specified';
  return provider.web && provider.job ? 'multiple providers specified' : undefined;
}

function problemOfTimes({ interval, initialDelay }: Metric, count: number): string | undefined {
  if (count > 1 && !interval) return 'interval must be specified when count > 1';
  if (interval && parseGoDuration(interval) === undefined) return `invalid interval string: ${interval}`;
  if (initialDelay && parseGoDuration(initialDelay) === undefined) return `invalid startDelay string: ${initialDelay}`;
  return undefined;
}
