import { z } from 'zod';
import { toTime, type KubeObject, type SandboxContext } from '../../../store/index.ts';
import { controlledBy, controllerOf, createReader } from '../../../workloads/index.ts';
import type { JobMetric, Measurement, MetricResult } from '../run-spec.ts';
import { failedMeasurement } from './measured.ts';

const JOBS = 'jobs.batch';
const RUN_UID_LABEL = 'analysisrun.argoproj.io/uid';
const JOB_NAME_KEY = 'job-name';
const NAME_LIMIT = 63;

const readJob = createReader(
  z.object({
    status: z
      .object({ conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().nullish() })).nullish() })
      .nullish(),
  }),
);

interface JobRequest {
  run: KubeObject;
  name: string;
  job: JobMetric;
  result: MetricResult | undefined;
}

/** Creates the Job of one measurement; its name says which measurement it is, so that a restarted controller finds it again. */
export function startJob(ctx: SandboxContext, request: JobRequest): Measurement {
  const { run } = request;
  const now = ctx.clock.now();
  const measurement = { startedAt: toTime(now) };
  const name = jobName(request);
  const namespace = run.metadata.namespace ?? '';
  const existing = ctx.store.get(JOBS, { namespace, name });
  if (existing !== undefined && controllerOf(existing)?.uid !== run.metadata.uid) {
    return failedMeasurement(measurement, `jobs.batch "${name}" already exists`, now);
  }
  if (existing === undefined) ctx.store.create(JOBS, newJob(request, { name, namespace }));
  return { ...measurement, phase: 'Running', metadata: { [JOB_NAME_KEY]: name, 'job-namespace': namespace } };
}

/** The measurement as its Job now has it: finished with the Job, an error when the Job is gone. */
export function followJob(ctx: SandboxContext, run: KubeObject, measurement: Measurement): Measurement {
  const now = ctx.clock.now();
  const job = findJob(ctx, run, measurement);
  if (job === undefined) return failedMeasurement(measurement, `job.batch "${measurement.metadata?.[JOB_NAME_KEY] ?? ''}" not found`, now);
  for (const condition of readJob(job).status?.conditions ?? []) {
    if (condition.status !== 'True') continue;
    if (condition.type === 'Complete') return { ...measurement, phase: 'Successful', finishedAt: toTime(now) };
    if (condition.type === 'Failed') return { ...measurement, phase: 'Failed', finishedAt: toTime(now) };
  }
  return measurement;
}

/** Ends the Job; the measurement then says nothing. */
export function endJob(ctx: SandboxContext, run: KubeObject, measurement: Measurement): Measurement {
  const job = findJob(ctx, run, measurement);
  if (job !== undefined) ctx.store.delete(JOBS, job.metadata);
  return { ...measurement, phase: 'Inconclusive', message: 'Metric Terminated', finishedAt: toTime(ctx.clock.now()) };
}

function findJob(ctx: SandboxContext, run: KubeObject, measurement: Measurement): KubeObject | undefined {
  const name = measurement.metadata?.[JOB_NAME_KEY];
  return name === undefined ? undefined : ctx.store.get(JOBS, { namespace: run.metadata.namespace ?? '', name });
}

function jobName({ run, name, result }: JobRequest): string {
  const number = (result?.count ?? 0) + (result?.error ?? 0) + 1;
  const around = `${run.metadata.uid}..${number}`.length;
  return `${run.metadata.uid}.${name.slice(0, NAME_LIMIT - around)}.${number}`;
}

function newJob({ run, name: metric, job }: JobRequest, key: { name: string; namespace: string }) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...key,
      labels: { ...job.metadata?.labels, [RUN_UID_LABEL]: run.metadata.uid },
      annotations: {
        ...job.metadata?.annotations,
        'analysisrun.argoproj.io/name': run.metadata.name,
        'analysisrun.argoproj.io/namespace': key.namespace,
        'analysisrun.argoproj.io/metric-name': metric,
      },
      ownerReferences: controlledBy(run),
    },
    spec: structuredClone(job.spec),
  };
}
