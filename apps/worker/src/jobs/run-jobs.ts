import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import { jobChannel, listen } from '@flow/db/events';
import { failJob, finishJob, jobLeaseMs, nextDueAt, renewJob, takeJobs } from '@flow/db/jobs';
import type { JobKind, TakenJob } from '@flow/db/jobs';
import { traced } from '@flow/telemetry/trace';
import type { TracedEnd } from '@flow/telemetry/trace';
import type { Logger } from 'pino';

/** How a run of a job ended. Waiting is not failing: it neither backs off nor counts. */
export type JobResult = { kind: 'done' } | { kind: 'waiting'; until: Date } | { kind: 'retry'; message: string };

/** Reconciles one thing, however often it is called. The signal is aborted when the worker stops or has lost the job. */
export type JobHandler = (job: TakenJob, signal: AbortSignal) => Promise<JobResult>;

export interface JobRunner {
  /** Takes no more jobs, aborts the running ones, and resolves when they have ended. */
  stop(): Promise<void>;
}

export interface JobRunnerOptions {
  db: Database;
  holder: string;
  handlers: Partial<Record<JobKind, JobHandler>>;
  log: Logger;
  random: () => number;
  /** By the clock of the database, which says what is due. */
  now: () => Date;
  concurrency?: number;
  measures: JobMeasures;
}

/** What is counted of the runs of jobs. */
export interface JobMeasures {
  /** A run begins; the returned function is told how it ended. */
  jobBegins(kind: JobKind): (outcome: JobOutcome) => void;
}

export type JobOutcome = JobResult['kind'] | 'failed' | 'stopped';

// Looked at by hand this often, in case a notice was lost.
const safetyMs = 5_000;

/**
 * Runs due jobs: woken by notices, by one timer set to the next due time, and by a slow look.
 * A job that this worker no longer holds is aborted, so that two workers never act for the same thing for longer than a moment.
 */
export function runJobs(options: JobRunnerOptions): JobRunner {
  const { db, holder, handlers, log, random, now, measures, concurrency = 16 } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const start = (job: TakenJob): void => {
    const handler = handlers[job.kind];
    const work = (
      handler === undefined
        ? Promise.resolve()
        : runJob({ db, holder, log, random, now, measures }, { job, handler, stopping: stopping.signal })
    ).finally(() => {
      running.delete(work);
      look();
    });
    running.add(work);
  };

  const lookOnce = async (): Promise<void> => {
    const free = concurrency - running.size;
    if (free <= 0) return;
    const jobs = await takeJobs(db, holder, free);
    for (const job of jobs) start(job);
    if (jobs.length === free) return;
    const next = await nextDueAt(db);
    const delayMs = next === undefined ? safetyMs : Math.min(safetyMs, Math.max(20, next.getTime() - now().getTime()));
    clearTimeout(timer);
    if (!stopping.signal.aborted) timer = setTimeout(look, delayMs);
  };

  const look = onceAtATime(
    lookOnce,
    (error) => {
      log.warn({ err: error }, 'cannot look for jobs: the database did not answer; trying again');
      timer = setTimeout(look, 1_000);
    },
    stopping.signal,
  );

  listen(db.url, { channel: jobChannel, onNotice: look, signal: stopping.signal, safetyMs });
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await Promise.allSettled(running);
    },
  };
}

/** Runs the work now, or once more after the run that is under way: calls that come together become one. */
function onceAtATime(work: () => Promise<void>, onError: (error: unknown) => void, signal: AbortSignal): () => void {
  let isRunning = false;
  let runAgain = false;
  const run = (): void => {
    if (signal.aborted) return;
    if (isRunning) {
      runAgain = true;
      return;
    }
    isRunning = true;
    work()
      .catch(onError)
      .finally(() => {
        isRunning = false;
        if (!runAgain) return;
        runAgain = false;
        run();
      });
  };
  return run;
}

export interface RunContext {
  db: Database;
  holder: string;
  log: Logger;
  random: () => number;
  now: () => Date;
  measures: JobMeasures;
}

export interface JobRun {
  job: TakenJob;
  handler: JobHandler;
  stopping: AbortSignal;
}

/** Runs one taken job to its end, renewing it meanwhile, and records how it ended. It belongs to the trace of whoever woke it. */
export async function runJob(context: RunContext, run: JobRun): Promise<void> {
  const { kind, key, tenantId, attempts, traceparent } = run.job;
  const attributes = {
    'flow.job.kind': kind,
    'flow.job.key': key,
    'flow.job.attempts': attempts,
    ...(tenantId === null ? {} : { 'flow.tenant.id': tenantId }),
  };
  await traced({ name: `job ${kind}`, role: 'consumer', attributes, cause: traceparent }, (end) => runToItsEnd(context, run, end));
}

async function runToItsEnd(context: RunContext, run: JobRun, tracedEnd: TracedEnd): Promise<void> {
  const { db, holder, log, now } = context;
  const { job, handler } = run;
  const lost = new AbortController();
  const signal = AbortSignal.any([run.stopping, lost.signal]);
  const end = context.measures.jobBegins(job.kind);
  let outcome: JobOutcome = 'failed';
  const heartbeat = setInterval(() => {
    renewJob(db, holder, job).then(
      (isOurs) => {
        if (!isOurs) lost.abort();
      },
      (error: unknown) => log.warn({ err: error, job: job.key }, 'cannot renew a job: the database did not answer'),
    );
  }, jobLeaseMs / 3);
  try {
    const result = await handler(job, signal);
    outcome = result.kind;
    // Work that a stop has interrupted has not failed: another worker goes on with it at once.
    if (run.stopping.aborted) await finishJob(db, holder, { job, nextAt: result.kind === 'done' ? undefined : now() });
    else if (result.kind === 'retry')
      await failJob(db, holder, { job, message: result.message, random: context.random(), isTrouble: true });
    else await finishJob(db, holder, { job, nextAt: result.kind === 'waiting' ? result.until : undefined });
  } catch (error) {
    outcome = 'failed';
    await recordFailure(context, { job, error, isStopping: run.stopping.aborted });
  } finally {
    clearInterval(heartbeat);
    const ended = run.stopping.aborted ? 'stopped' : outcome;
    end(ended);
    tracedEnd.tell({ 'flow.job.outcome': ended });
    if (ended === 'failed' || ended === 'retry') tracedEnd.fails(ended);
  }
}

async function recordFailure(context: RunContext, failure: { job: TakenJob; error: unknown; isStopping: boolean }): Promise<void> {
  const { db, holder, log, now } = context;
  const { job, error } = failure;
  // A job that was cut off by the stop of this worker is simply due again.
  if (failure.isStopping) return finishJob(db, holder, { job, nextAt: now() }).catch(() => undefined);
  const message = error instanceof Error ? error.message : String(error);
  log.warn({ err: error, job: `${job.kind}/${job.key}`, attempts: job.attempts }, 'job failed; it will be tried again');
  // When even this cannot be written, the lease runs out and the job is taken again.
  const isTrouble = error instanceof FlowError && error.code === 'upstream';
  await failJob(db, holder, { job, message, random: context.random(), isTrouble }).catch((second: unknown) =>
    log.warn({ err: second }, 'cannot record the failure of a job'),
  );
}
