import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createDatabase } from '@flow/db/client';
import { createAnnouncer, eventChannel } from '@flow/db/events';
import { expireApproval } from '@flow/operations/approval';
import { createSealer } from '@flow/operations/secret';
import type { Logger } from 'pino';
import { clock, now } from './clock.ts';
import { healthRecorder, probeClusters } from './clusters/cluster-health.ts';
import { createClusters } from './clusters/clusters.ts';
import { reconcileDeployments } from './deployment/reconcile.ts';
import type { WorkerEnvironment } from './env.ts';
import { createGitReader } from './git/read-commit.ts';
import { runJobs } from './jobs/run-jobs.ts';
import type { JobHandler } from './jobs/run-jobs.ts';
import { captureLogs } from './logs/capture.ts';
import { newId } from '@flow/operations/identity';
import { reconcileRuns } from './run/reconcile.ts';
import { systemContext } from './system-context.ts';
import { followClusters } from './watch/follow-clusters.ts';

export interface Worker {
  /** Takes no more work, ends what runs, gives leases back, closes the pool. */
  stop(): Promise<void>;
}

/** Starts the engine process: jobs, watches, logs. Everything it holds in memory can be lost at any moment without loss. */
export function startWorker(environment: WorkerEnvironment, log: Logger): Worker {
  const db = createDatabase(environment.databaseUrl, 20);
  const announcer = createAnnouncer(db);
  const clusters = createClusters({ db, sealer: createSealer(environment.encryptionKey), stateDir: environment.stateDir });
  const holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const git = createGitReader(environment.gitAllow);
  const shared = { db, clusters, announcer, log, now, newId, git, holder, stateDir: environment.stateDir };
  const stopping = new AbortController();

  const jobs = runJobs({
    db,
    holder,
    log,
    random: Math.random,
    concurrency: 48,
    handlers: {
      deployment: reconcileDeployments(shared),
      run: reconcileRuns({ ...shared, stepImage: environment.stepImage }),
      logs: captureLogs(shared),
      clusterHealth: probeClusters(shared),
      approvalExpiry: expireApprovals(shared),
    },
  });
  const watching = followClusters({ ...shared, clock, random: Math.random, onHealth: healthRecorder(shared) }, stopping.signal);

  return {
    async stop() {
      stopping.abort();
      await Promise.all([jobs.stop(), watching]);
      await announcer.close();
      await clusters[Symbol.asyncDispose]();
      await db.close();
    },
  };
}

function expireApprovals(shared: Parameters<typeof systemContext>[0] & { announcer: ReturnType<typeof createAnnouncer> }): JobHandler {
  return async (job) => {
    if (job.tenantId === null) return { kind: 'done' };
    const { again } = await expireApproval(systemContext(shared, job.tenantId, 'the time to approve is over'), { approvalId: job.key });
    shared.announcer.announce(eventChannel);
    return again === null ? { kind: 'done' } : { kind: 'waiting', until: again };
  };
}
