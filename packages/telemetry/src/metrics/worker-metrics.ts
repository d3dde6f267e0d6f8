import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { workBuckets } from './buckets.ts';

/** How many jobs of a kind there are, and since when the one that is due the longest waits. */
export interface JobCount {
  kind: string;
  state: 'due' | 'running' | 'later' | 'dead';
  count: number;
  /** Seconds since the oldest one became due; null when none is. */
  oldestDueSeconds: number | null;
}

/** One kind of object in one cluster. */
export interface WatchName {
  cluster: string;
  resource: string;
}

/** What a worker counts of itself, and of the queue that all workers share. */
export interface WorkerMetrics {
  /** A run of a job begins; the returned function is told how it ended. */
  jobBegins(kind: string): (outcome: string) => void;
  /** Changes of a cluster came in; the returned function is called when they are committed. */
  changesCame(watch: WatchName, count: number): () => void;
  /** A kind was listed anew: at the start, after an expired watch, after a change of the credential. */
  listed(watch: WatchName): void;
  /** Whether a kind can be followed now. */
  followed(watch: WatchName, isLive: boolean): void;
  registry: Registry;
}

/** The measures of one worker. The queue is counted when somebody asks; when it cannot be, the last count is not told again. */
export function createWorkerMetrics(countJobs: () => Promise<readonly JobCount[]>): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const jobs = new Histogram({
    name: 'flow_job_duration_seconds',
    help: 'Runs of jobs by how they ended: done, waiting, retry, failed',
    labelNames: ['kind', 'outcome'],
    buckets: workBuckets,
    registers,
  });
  addQueue(registers, countJobs);
  const ofWatch = ['cluster', 'resource'] as const;
  const changes = new Counter({ name: 'flow_watch_changes_total', help: 'Changes seen in clusters', labelNames: ofWatch, registers });
  const commits = new Histogram({
    name: 'flow_watch_commit_seconds',
    help: 'From changes of a cluster being read to their being committed',
    labelNames: ofWatch,
    buckets: workBuckets,
    registers,
  });
  const lists = new Counter({
    name: 'flow_watch_lists_total',
    help: 'Times that a kind was listed as a whole',
    labelNames: ofWatch,
    registers,
  });
  const live = new Gauge({ name: 'flow_watch_live', help: '1 while a kind of a cluster can be followed', labelNames: ofWatch, registers });
  return {
    registry,
    jobBegins(kind) {
      const end = jobs.startTimer({ kind });
      return (outcome) => {
        end({ outcome });
      };
    },
    changesCame({ cluster, resource }, count) {
      changes.inc({ cluster, resource }, count);
      const end = commits.startTimer({ cluster, resource });
      return () => {
        end();
      };
    },
    listed: ({ cluster, resource }) => lists.inc({ cluster, resource }),
    followed: ({ cluster, resource }, isLive) => live.set({ cluster, resource }, isLive ? 1 : 0),
  };
}

function addQueue(registers: Registry[], countJobs: () => Promise<readonly JobCount[]>): void {
  // Both are asked in the same moment and share one count.
  let counting: Promise<readonly JobCount[]> | undefined;
  const counted = (): Promise<readonly JobCount[]> => {
    counting ??= countJobs()
      .catch(() => [])
      .finally(() => {
        counting = undefined;
      });
    return counting;
  };
  const depths = new Gauge<'kind' | 'state'>({
    name: 'flow_jobs',
    help: 'Jobs of all workers: due, running, later, or dead (set aside after too many failures)',
    labelNames: ['kind', 'state'],
    registers,
    async collect() {
      const all = await counted();
      depths.reset();
      for (const { kind, state, count } of all) depths.set({ kind, state }, count);
    },
  });
  const ages = new Gauge<'kind'>({
    name: 'flow_job_oldest_due_seconds',
    help: 'How long the job that is due the longest has waited for a worker',
    labelNames: ['kind'],
    registers,
    async collect() {
      const all = await counted();
      ages.reset();
      for (const { kind, oldestDueSeconds } of all) if (oldestDueSeconds !== null) ages.set({ kind }, oldestDueSeconds);
    },
  });
}
