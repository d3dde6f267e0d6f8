import { ingest, ingestGone } from '@flow/db/observation';
import { nextDueAt, takeJobs } from '@flow/db/jobs';
import { reconcileDeployments } from '@flow/worker/deployment';
import { runJob } from '@flow/worker/jobs';
import { watchedKinds } from '@flow/worker/watch';
import type { Logger } from 'pino';
import type { CrashGate } from './gate.ts';
import { openGatedClusters } from './gated-cluster.ts';
import type { BareCluster } from './gated-cluster.ts';
import { openGatedDatabase } from './gated-database.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One life of a worker: the product's own reconciler, jobs and observations, driven step by step. */
export interface Life {
  /** Reads what has changed in the clusters into the database, as the watch does. True when something had. */
  observe(): Promise<boolean>;
  /** Takes one due job and runs it to its end. True when there was one. */
  runDueJob(): Promise<boolean>;
  /** Ends it without giving anything back. */
  end(): Promise<void>;
}

export interface LifeOptions {
  databaseUrl: string;
  clusters: readonly BareCluster[];
  gate: CrashGate;
  time: VirtualTime;
  newId: () => string;
  holder: string;
  stateDir: string;
  log: Logger;
}

/** Starts a worker that knows nothing of those before it. */
export async function startLife(options: LifeOptions): Promise<Life> {
  const { gate, time, log, holder } = options;
  const { db, cut } = openGatedDatabase(options.databaseUrl, gate);
  const clusters = await openGatedClusters(options.clusters, options);
  const handler = reconcileDeployments({
    db,
    clusters,
    announcer: { announce: () => undefined, close: () => Promise.resolve() },
    log,
    now: time.now,
    timeIn: () => Promise.resolve(time.now()),
    newId: options.newId,
    git: { readCommit: unused, writeFolder: unused, readOwners: unused },
    stateDir: options.stateDir,
    holder,
  });
  const seen = new Map<string, Map<string, string>>();
  const seenRevisions = new Map<string, string>();
  const stopping = new AbortController().signal;

  const observeKind = async (clusterId: string, watched: (typeof watchedKinds)[number]): Promise<boolean> => {
    const { client } = await clusters.open(clusterId);
    const key = `${clusterId}/${watched.resource}`;
    const before = seen.get(key);
    const now = new Map<string, string>();
    const puts: ReturnType<typeof watched.observe>[] = [];
    for await (const page of client.list({ kind: watched.kind, labelSelector: watched.labelSelector })) {
      for (const object of page.items) {
        const found = watched.observe(clusterId, object);
        now.set(found.uid, found.resourceVersion);
        if (before?.get(found.uid) !== found.resourceVersion) puts.push(found);
      }
    }
    const gone = [...(before?.keys() ?? [])].filter((uid) => !now.has(uid));
    await ingestGone(db, { clusterId, resource: watched.resource, uids: gone });
    const { changedCount } = await ingest(db, puts);
    if (before === undefined) await ingestGone(db, { clusterId, resource: watched.resource, uids: [...now.keys()], allBut: true });
    seen.set(key, now);
    return changedCount + gone.length > 0;
  };

  return {
    async observe() {
      let hasChanged = false;
      for (const { id, revision } of options.clusters) {
        if (seenRevisions.get(id) === revision()) continue;
        seenRevisions.set(id, revision());
        for (const watched of watchedKinds) hasChanged = (await observeKind(id, watched)) || hasChanged;
      }
      gate.refuseDead();
      return hasChanged;
    },
    async runDueJob() {
      const due = await nextDueAt(db);
      if (due === undefined || due > time.now()) return false;
      const [job] = await takeJobs(db, holder, 1);
      gate.refuseDead();
      if (job === undefined) return false;
      // Tests of clusters and the expiry of approvals are not what is looked at here.
      const run = job.kind === 'deployment' ? handler : () => Promise.resolve({ kind: 'done' as const });
      await runJob(
        { db, holder, log, random: () => 0.5, now: time.now, measures: { jobBegins: () => () => undefined } },
        { job, handler: run, stopping },
      );
      gate.refuseDead();
      return true;
    },
    end: cut,
  };
}

function unused(): never {
  throw new Error('Nothing is read from a repository here');
}
