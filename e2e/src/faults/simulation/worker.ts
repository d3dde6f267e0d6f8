import type { Clock } from '@flow/delivery/clock';
import type { Announcer } from '@flow/db/events';
import { nextDueAt, takeJobs } from '@flow/db/jobs';
import type { JobKind } from '@flow/db/jobs';
import type { Clusters } from '@flow/worker/clusters';
import { reconcileDeployments } from '@flow/worker/deployment';
import { runJob } from '@flow/worker/jobs';
import type { JobHandler } from '@flow/worker/jobs';
import { watchCluster } from '@flow/worker/watch-cluster';
import type { Database } from '@flow/db/client';
import type { Logger } from 'pino';
import type { Actor } from './turns/turns.ts';

export interface WorkerOptions {
  actor: Actor;
  signal: AbortSignal;
  db: Database;
  clusters: Clusters;
  clusterIds: readonly string[];
  clock: Clock;
  /** Time as the database has it; a planted defect may give this process another one. */
  now: () => Date;
  random: () => number;
  newId: () => string;
  stateDir: string;
  log: Logger;
  announcer: Announcer;
  /** Puts something around the handlers of jobs: how a defect is planted. */
  around: (kind: JobKind, handler: JobHandler) => JobHandler;
  /** Told when this worker begins and ends to work on something. */
  onRun: (key: string, isBegin: boolean) => void;
}

/** What wakes the loop of a worker before its time. */
export interface SimulatedWorker {
  wake(): void;
}

const safetyMs = 5_000;
const jobsMax = 3;

/**
 * One life of a worker: the product's own reconciler under its own queue, and its own watch of every cluster. Only the loop that asks for due jobs is here,
 * since the product's one listens on a connection of its own.
 */
export function startWorker(options: WorkerOptions): SimulatedWorker {
  const { clock, signal, clusterIds, db, log, random, announcer, clusters, actor } = options;
  const watch = {
    db,
    clusters,
    announcer,
    log,
    clock,
    random,
    holder: actor.name,
    watchesOf: () => () => undefined,
    measures: { changesCame: () => () => undefined, listed: () => undefined, followed: () => undefined },
  };
  for (const id of clusterIds) quietly(watchCluster(watch, id, signal));
  return new Loop(options);
}

/** A dead worker leaves its work with an error that nobody hears; of a living one the product logs what it is. */
function quietly(work: Promise<unknown>): void {
  work.catch(() => undefined);
}

class Loop implements SimulatedWorker {
  readonly #options: WorkerOptions;
  readonly #handlers: Partial<Record<JobKind, JobHandler>>;
  #waiting: AbortController = new AbortController();
  #running = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { db, clusters, announcer, log, now, newId, stateDir, actor } = options;
    const reconcile = reconcileDeployments({
      db,
      clusters,
      announcer,
      log,
      now,
      timeIn: () => Promise.resolve(now()),
      newId,
      git: { readCommit: unused, writeFolder: unused, readOwners: unused },
      stateDir,
      holder: actor.name,
    });
    this.#handlers = { deployment: options.around('deployment', reconcile) };
    quietly(this.#run());
  }

  wake(): void {
    this.#waiting.abort();
  }

  async #run(): Promise<void> {
    const { signal, clock } = this.#options;
    while (!signal.aborted) {
      this.#waiting = new AbortController();
      const waitMs = await this.#look().catch(() => 1_000);
      await clock.wait(waitMs, AbortSignal.any([signal, this.#waiting.signal]));
    }
  }

  /** Takes what is due; resolves with how long to wait for more. */
  async #look(): Promise<number> {
    const { db, actor, clock } = this.#options;
    const jobs = this.#running >= jobsMax ? [] : await takeJobs(db, actor.name, jobsMax - this.#running);
    for (const job of jobs) {
      this.#running += 1;
      quietly(this.#work(job));
    }
    const next = await nextDueAt(db);
    return next === undefined ? safetyMs : Math.min(safetyMs, Math.max(20, next.getTime() - clock.now().getTime()));
  }

  async #work(job: Awaited<ReturnType<typeof takeJobs>>[number]): Promise<void> {
    const { db, actor, log, random, now, signal, onRun } = this.#options;
    const handler: JobHandler = this.#handlers[job.kind] ?? (() => Promise.resolve({ kind: 'done' }));
    onRun(job.key, true);
    try {
      const measures = { jobBegins: () => () => undefined };
      await runJob({ db, holder: actor.name, log, random, now, measures }, { job, handler, stopping: signal });
    } finally {
      this.#running -= 1;
      onRun(job.key, false);
      this.wake();
    }
  }
}

function unused(): never {
  throw new Error('Nothing is read from a repository here');
}
