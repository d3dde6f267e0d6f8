import { listClusters } from '@flow/db/cluster';
import { listDueReleases } from '@flow/db/drift';
import { wake } from '@flow/db/jobs';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { compareRelease } from './compare-release.ts';
import type { DriftDependencies } from './compare-release.ts';

/** The key of the job that has the clusters looked at; the others are named by their cluster. */
const everyCluster = 'all';
const lookEveryMs = 60_000;
/** How old a comparison may be. */
const compareEveryMs = 10 * 60_000;
const releasesAtOnce = 4;
// A run of one cluster ends after this many, so that other work of this worker has its turn.
const releasesMax = 200;

/** Has one worker look for what is due to be compared now, and from then on every minute. */
export function wakeDriftScans({ db, now }: Pick<DriftDependencies, 'db' | 'now'>): Promise<void> {
  return wake(db.prisma, { kind: 'driftScan', key: everyCluster, tenantId: null, runAt: now() });
}

/**
 * Compares what runs with what was deployed, cluster by cluster: each release about every ten minutes, soon after a deployment has ended, and when a person
 * asks. A few at a time, the tenants in turn.
 */
export function scanDrift(dependencies: DriftDependencies): JobHandler {
  return async (job, signal) => {
    if (job.key !== everyCluster) {
      const hasMore = await scanCluster(dependencies, job.key, signal);
      return hasMore ? { kind: 'waiting', until: dependencies.now() } : { kind: 'done' };
    }
    const { db, now } = dependencies;
    for (const { id, purposes } of await listClusters(db.prisma))
      if (purposes.includes('releases')) await wake(db.prisma, { kind: 'driftScan', key: id, tenantId: null, runAt: now() });
    return { kind: 'waiting', until: new Date(now().getTime() + lookEveryMs) };
  };
}

/** True when there may be more that is due. */
async function scanCluster(dependencies: DriftDependencies, clusterId: string, signal: AbortSignal): Promise<boolean> {
  const before = new Date(dependencies.now().getTime() - compareEveryMs);
  const due = await listDueReleases(dependencies.db.prisma, { clusterId, before, limit: releasesMax });
  const waiting = due.values();
  const cluster = { isLost: false };
  const workThrough = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true && !cluster.isLost && !signal.aborted; next = waiting.next())
      if ((await compareRelease(dependencies, next.value, signal)) === 'lost') cluster.isLost = true;
  };
  await Promise.all(Array.from({ length: releasesAtOnce }, workThrough));
  return due.length === releasesMax && !cluster.isLost && !signal.aborted;
}
