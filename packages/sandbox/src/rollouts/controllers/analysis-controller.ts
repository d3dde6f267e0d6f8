import { z } from 'zod';
import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { controllerOf, createLevelController, createReader, recordEvent } from '../../workloads/index.ts';
import { isTerminating, decideRun, recordMeasurement, type MetricTask } from '../analysis/run-decision.ts';
import { fillArguments } from '../analysis/resolve-arguments.ts';
import { endJob, followJob, startJob } from '../analysis/providers/job-metric.ts';
import { failedMeasurement } from '../analysis/providers/measured.ts';
import { measureWeb } from '../analysis/providers/web-metric.ts';
import { runSpecSchema, runStatusSchema, type Measurement, type RunSpec, type RunStatus } from '../analysis/run-spec.ts';
import { toStoredRun } from '../analysis/store-status.ts';
import { isOurs } from '../model/is-ours.ts';
import { isCompleted } from '../model/status.ts';
import { writeStatus } from './apply-plan.ts';

const RUNS = 'analysisruns.argoproj.io';

const readRun = createReader(z.object({ spec: runSpecSchema, status: runStatusSchema.nullish() }));

/** Which metrics of which run (by uid) are being asked for, and the end of it all. */
interface Measuring {
  names: Map<string, Set<string>>;
  closing: AbortController;
}

/** Measures what each AnalysisRun asks for, and says what it comes to. */
export function createAnalysisController(ctx: SandboxContext): Controller {
  const measuring = { names: new Map<string, Set<string>>(), closing: new AbortController() };
  return createLevelController({
    name: 'analysisrun',
    ctx,
    triggers: [
      { resource: RUNS, keys: (event) => [event.object.metadata] },
      { resource: 'jobs.batch', keys: (event) => runOfJob(event.object) },
    ],
    all: () => ctx.store.list(RUNS).map((run) => run.metadata),
    reconcile: (key) => reconcile(ctx, measuring, key),
    onStop: async () => measuring.closing.abort(),
  });
}

function runOfJob(job: KubeObject): ObjectKey[] {
  const owner = controllerOf(job);
  if (owner?.kind !== 'AnalysisRun' || job.metadata.namespace === undefined) return [];
  return [{ namespace: job.metadata.namespace, name: owner.name }];
}

function reconcile(ctx: SandboxContext, measuring: Measuring, key: ObjectKey): Date | undefined {
  const run = ctx.store.get(RUNS, key);
  if (run === undefined || !isOurs(run)) return undefined;
  const { spec, status } = readStatus(run);
  if (isCompleted(status.phase)) return undefined;
  const inFlight = measuring.names.get(run.metadata.uid) ?? new Set<string>();
  const before = decideRun({ spec, status, inFlight }, ctx.clock.now());
  const measured = before.tasks.flatMap((task) => perform(ctx, { run, spec, status, measuring }, task) ?? []);
  const withMeasured = measured.reduce((sum, one) => recordMeasurement(spec, sum, one), before.status);
  const after = measured.length === 0 ? before : decideRun({ spec, status: withMeasured, inFlight }, ctx.clock.now());
  writeStatus(ctx, RUNS, { object: run, status: toStoredRun(after.status) });
  if (isCompleted(after.status.phase)) noteEnd(ctx, run, after.status);
  return after.wakeAt;
}

function readStatus(run: KubeObject): { spec: RunSpec; status: RunStatus } {
  const { spec, status } = readRun(run);
  return { spec, status: status ?? runStatusSchema.parse({}) };
}

function noteEnd(ctx: SandboxContext, run: KubeObject, status: RunStatus): void {
  const isBad = status.phase === 'Failed' || status.phase === 'Error';
  const note = {
    type: isBad ? 'Warning' : 'Normal',
    reason: `AnalysisRun${status.phase}`,
    message: `Analysis Completed. Result: ${status.phase}`,
  } as const;
  recordEvent(ctx, run, { component: 'rollouts-controller', note });
}

interface Performed {
  name: string;
  measurement: Measurement;
}

interface RunWork {
  run: KubeObject;
  spec: RunSpec;
  status: RunStatus;
  measuring: Measuring;
}

/** Does one task. A web request is only begun here: its outcome is written when it is there. */
function perform(ctx: SandboxContext, work: RunWork, task: MetricTask): Performed | undefined {
  const { run, spec, status } = work;
  const { name } = task.metric;
  if (task.kind === 'terminate') return { name, measurement: endJob(ctx, run, task.measurement) };
  if (task.kind === 'resume') {
    const followed = followJob(ctx, run, task.measurement);
    return followed === task.measurement ? undefined : { name, measurement: followed };
  }
  const filled = fillArguments(task.metric, spec.args ?? []);
  if (!filled.ok) return { name, measurement: failedMeasurement({ startedAt: status.startedAt }, filled.message, ctx.clock.now()) };
  const { web, job } = filled.value.provider;
  if (job) return { name, measurement: startJob(ctx, { run, name, job, result: status.metricResults.find((one) => one.name === name) }) };
  if (!web) return undefined;
  const { names: byRun, closing } = work.measuring;
  const names = byRun.get(run.metadata.uid) ?? new Set<string>();
  byRun.set(run.metadata.uid, names.add(name));
  void measureWeb(ctx, filled.value, { web, signal: closing.signal }).then((measurement) => {
    names.delete(name);
    if (names.size === 0) byRun.delete(run.metadata.uid);
    if (!closing.signal.aborted) writeMeasurement(ctx, run, { name, measurement });
  });
  return undefined;
}

/** The run may have ended, changed or gone while the request was under way. */
function writeMeasurement(ctx: SandboxContext, asked: KubeObject, performed: Performed): void {
  const run = ctx.store.get(RUNS, asked.metadata);
  if (run === undefined || run.metadata.uid !== asked.metadata.uid) return;
  const { spec, status } = readStatus(run);
  if (isCompleted(status.phase) || isTerminating(spec, status)) return;
  writeStatus(ctx, RUNS, { object: run, status: toStoredRun(recordMeasurement(spec, status, performed)) });
}
