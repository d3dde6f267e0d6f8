import { toTime, type KubeObject } from '../../store/index.ts';
import { isActivePod, podPhase } from '../objects/pod.ts';

/** First wait before a failed pod is replaced; it doubles with each failure. */
const BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 360_000;

export interface JobSpec {
  completions: number;
  parallelism: number;
  backoffLimit: number;
  activeDeadlineS: number | undefined;
  ttlSecondsAfterFinished: number | undefined;
  isSuspended: boolean;
  /** Why the sandbox cannot run it at all. */
  unsupported: string | undefined;
}

export interface JobStatus {
  startTime?: string | undefined;
  completionTime?: string | undefined;
  active: number;
  succeeded: number;
  failed: number;
  ready: number;
  conditions: readonly {
    type: string;
    status: string;
    reason: string;
    message: string;
    lastProbeTime: string;
    lastTransitionTime: string;
  }[];
  /** When the newest failure was first seen; replacements wait from there. */
  lastFailureAt?: string | undefined;
}

export interface JobPlan {
  status: JobStatus;
  createCount: number;
  remove: readonly KubeObject[];
  deleteJob: boolean;
  wakeAt: Date | undefined;
}

/** What a Job does next: start pods, wait after a failure, or end as Complete or Failed. */
export function planJob(job: { spec: JobSpec; status: JobStatus; pods: readonly KubeObject[] }, now: Date): JobPlan {
  const { spec, status, pods } = job;
  if (
    status.conditions.some((condition) => condition.status === 'True' && (condition.type === 'Complete' || condition.type === 'Failed'))
  ) {
    return planFinished(spec, status, now);
  }
  const active = pods.filter(isActivePod);
  const counts = {
    succeeded: Math.max(status.succeeded, pods.filter((pod) => podPhase(pod) === 'Succeeded').length),
    failed: Math.max(status.failed, pods.filter((pod) => podPhase(pod) === 'Failed').length),
  };
  const lastFailureAt = counts.failed > status.failed ? toTime(now) : status.lastFailureAt;
  const next: JobStatus = {
    ...status,
    ...counts,
    active: active.length,
    ready: 0,
    startTime: status.startTime ?? toTime(now),
    lastFailureAt,
  };
  const end = endOf(spec, next, now);
  if (end !== undefined) return finished(next, { end, active }, now);
  if (spec.isSuspended) return { status: { ...next, active: 0 }, createCount: 0, remove: active, deleteJob: false, wakeAt: undefined };
  return planRunning(spec, { next, active }, now);
}

function planRunning(spec: JobSpec, { next, active }: { next: JobStatus; active: readonly KubeObject[] }, now: Date): JobPlan {
  const missing = Math.min(spec.parallelism, spec.completions - next.succeeded) - active.length;
  const startsAtMs = retryAtMs(next);
  const mayStart = startsAtMs <= now.getTime();
  const createCount = mayStart ? Math.max(0, missing) : 0;
  const deadlineMs = spec.activeDeadlineS === undefined ? undefined : Date.parse(next.startTime ?? '') + spec.activeDeadlineS * 1000;
  const wakes = [...(missing > 0 && !mayStart ? [startsAtMs] : []), ...(deadlineMs === undefined ? [] : [deadlineMs])];
  return {
    status: { ...next, active: active.length + createCount },
    createCount,
    remove: active.slice(0, Math.max(0, -missing)),
    deleteJob: false,
    wakeAt: wakes.length === 0 ? undefined : new Date(Math.min(...wakes)),
  };
}

function planFinished(spec: JobSpec, status: JobStatus, now: Date): JobPlan {
  const none = { status, createCount: 0, remove: [], deleteJob: false, wakeAt: undefined };
  if (spec.ttlSecondsAfterFinished === undefined) return none;
  const endedAt = status.conditions.find((condition) => condition.status === 'True')?.lastTransitionTime ?? '';
  const goneAtMs = Date.parse(endedAt) + spec.ttlSecondsAfterFinished * 1000;
  return goneAtMs <= now.getTime() ? { ...none, deleteJob: true } : { ...none, wakeAt: new Date(goneAtMs) };
}

interface End {
  type: 'Complete' | 'Failed';
  reason: string;
  message: string;
}

function endOf(spec: JobSpec, status: JobStatus, now: Date): End | undefined {
  if (spec.unsupported !== undefined) return { type: 'Failed', reason: 'UnsupportedInSandbox', message: spec.unsupported };
  if (status.succeeded >= spec.completions)
    return { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  if (status.failed > spec.backoffLimit) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  const isLate = spec.activeDeadlineS !== undefined && Date.parse(status.startTime ?? '') + spec.activeDeadlineS * 1000 <= now.getTime();
  return isLate ? { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' } : undefined;
}

function finished(status: JobStatus, { end, active }: { end: End; active: readonly KubeObject[] }, now: Date): JobPlan {
  const at = toTime(now);
  const condition = { ...end, status: 'True', lastProbeTime: at, lastTransitionTime: at };
  const next = {
    ...status,
    active: 0,
    conditions: [...status.conditions, condition],
    ...(end.type === 'Complete' ? { completionTime: at } : {}),
  };
  return { status: next, createCount: 0, remove: active, deleteJob: false, wakeAt: new Date(now.getTime() + 1) };
}

function retryAtMs(status: JobStatus): number {
  if (status.failed === 0 || status.lastFailureAt === undefined) return 0;
  return Date.parse(status.lastFailureAt) + Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** (status.failed - 1));
}
