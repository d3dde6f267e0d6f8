import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createDatabase, openDatabaseClock, timeIn } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createAnnouncer, eventChannel } from '@flow/db/events';
import { countJobs } from '@flow/db/jobs';
import type { JobKind } from '@flow/db/jobs';
import { expireApproval } from '@flow/operations/approval';
import { checkpointSigner } from '@flow/operations/audit';
import { createSealer } from '@flow/operations/secret';
import type { Logger } from 'pino';
import { systemClock } from '@flow/delivery/clock';
import { checkChains, wakeChainChecks } from './audit/check-chains.ts';
import { contactRecorder, probeClusters } from './clusters/cluster-health.ts';
import { createClusters } from './clusters/clusters.ts';
import { reapplyReleases } from './drift/reapply.ts';
import { scanDrift, wakeDriftScans } from './drift/scan.ts';
import { callExternals } from './external-check/call-external.ts';
import { catchUpRegions } from './deployment/catch-up.ts';
import { reconcileDeployments } from './deployment/reconcile.ts';
import type { WorkerEnvironment } from './env.ts';
import { createGitReader } from './git/read-commit.ts';
import { runJobs } from './jobs/run-jobs.ts';
import type { JobHandler } from './jobs/run-jobs.ts';
import { captureLogs } from './logs/capture.ts';
import { createOutbound } from '@flow/delivery/outbound';
import { newId } from '@flow/operations/identity';
import { sendDeliveries, spreadNotifications } from './notification/notify.ts';
import { openTelemetryDoor } from '@flow/telemetry/door';
import { createWorkerMetrics } from '@flow/telemetry/metrics';
import { openTracing } from '@flow/telemetry/tracing';
import { createMailer } from './notification/send-mail.ts';
import { promoteServices } from './promotion/promote.ts';
import { forgetOld, wakeRetention } from './retention/forget-old.ts';
import { reconcileRuns } from './run/reconcile.ts';
import { systemContext } from './system-context.ts';
import { followClusters } from './watch/follow-clusters.ts';
import { lookAtWaysBack, wakeWaysBack } from './way-back/look-at-ways-back.ts';

export interface Worker {
  /** Takes no more work, ends what runs, gives leases back, closes the pool. */
  stop(): Promise<void>;
}

/** Starts the engine process: jobs, watches, logs. Everything it holds in memory can be lost at any moment without loss. */
export async function startWorker(environment: WorkerEnvironment, log: Logger): Promise<Worker> {
  const tracing = openTracing('flow-worker', environment.traces);
  const db = createDatabase(environment.databaseUrl, 20);
  const databaseClock = await openDatabaseClock(db);
  const { now } = databaseClock;
  const announcer = createAnnouncer(db);
  const sealer = createSealer(environment.encryptionKey, environment.previousEncryptionKey);
  const clusters = createClusters({ db, sealer, stateDir: environment.stateDir });
  const holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  const git = createGitReader(environment.gitAllow);
  const shared = { db, clusters, announcer, log, now, timeIn, newId, git, holder, stateDir: environment.stateDir };
  const outbound = createOutbound({ allowed: environment.outboundAllowed });
  const mailer = environment.mail === null ? null : createMailer(environment.mail);
  const notify = { context: shared, sealer, outbound, mailer, publicUrl: environment.publicUrl, random: Math.random };
  const stopping = new AbortController();
  const measures = createWorkerMetrics(() => countJobs(db));
  const telemetry = await openTelemetryDoor(environment.metrics, { registry: measures.registry, isReady: () => answers(db) });

  const jobs = runJobs({
    db,
    holder,
    log,
    random: Math.random,
    now,
    measures,
    concurrency: 48,
    handlers: {
      deployment: reconcileDeployments(shared),
      run: reconcileRuns({ ...shared, stepImage: environment.stepImage }),
      logs: captureLogs(shared),
      approvalExpiry: expireApprovals(shared),
      notification: spreadNotifications(notify),
      delivery: sendDeliveries(notify),
      externalCheck: callExternals(notify),
      ...upkeepHandlers(shared, environment),
      catchUp: catchUpRegions(shared),
    },
  });
  wakeUpkeep(shared);
  const watching = followClusters(
    { ...shared, clock: systemClock, random: Math.random, watchesOf: contactRecorder(shared), measures },
    stopping.signal,
  );

  return {
    async stop() {
      stopping.abort();
      await Promise.all([jobs.stop(), watching]);
      mailer?.close();
      await telemetry[Symbol.asyncDispose]();
      await outbound[Symbol.asyncDispose]();
      await announcer.close();
      await clusters[Symbol.asyncDispose]();
      databaseClock[Symbol.dispose]();
      await db.close();
      await tracing[Symbol.asyncDispose]();
    },
  };
}

/** What nobody asks for by hand: it is looked at again and again, or when something has come about. */
function upkeepHandlers(
  shared: Parameters<typeof probeClusters>[0] &
    Parameters<typeof reapplyReleases>[0] &
    Parameters<typeof lookAtWaysBack>[0] &
    Parameters<typeof promoteServices>[0],
  environment: WorkerEnvironment,
): Partial<Record<JobKind, JobHandler>> {
  return {
    clusterHealth: probeClusters(shared),
    auditCheck: checkChains({ ...shared, signer: signerOf(environment), checkpointFile: environment.checkpointFile }),
    retention: forgetOld({ ...shared, keepLogsDays: environment.keepLogsDays }),
    wayBack: lookAtWaysBack(shared),
    driftScan: scanDrift(shared),
    driftReapply: reapplyReleases(shared),
    promotion: promoteServices(shared),
  };
}

/** Asks for the work that nobody else asks for. When the database does not answer now, another start, or what is due already, makes up for it. */
function wakeUpkeep(shared: Pick<Parameters<typeof forgetOld>[0], 'db' | 'now' | 'log'>): void {
  Promise.all([wakeChainChecks(shared), wakeRetention(shared), wakeWaysBack(shared), wakeDriftScans(shared)]).catch((error: unknown) =>
    shared.log.warn(
      { err: error },
      'cannot ask for a check of the audit record, for the deletion of what is old, for a look at the ways back and for the comparison of what runs',
    ),
  );
}

function signerOf({ auditKey }: WorkerEnvironment): ReturnType<typeof checkpointSigner> | null {
  return auditKey === null ? null : checkpointSigner(auditKey);
}

/** Whether the database answers: without it a worker can do nothing. */
function answers(db: Database): Promise<boolean> {
  return db.pool.query('SELECT 1').then(
    () => true,
    () => false,
  );
}

function expireApprovals(shared: Parameters<typeof systemContext>[0] & { announcer: ReturnType<typeof createAnnouncer> }): JobHandler {
  return async (job) => {
    if (job.tenantId === null) return { kind: 'done' };
    const { again } = await expireApproval(systemContext(shared, job.tenantId, 'the time to approve is over'), { approvalId: job.key });
    shared.announcer.announce(eventChannel);
    return again === null ? { kind: 'done' } : { kind: 'waiting', until: again };
  };
}
