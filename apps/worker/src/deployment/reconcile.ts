import { decide, deploymentState, isTerminal, targetState } from '@flow/core/deployment';
import type { Decision } from '@flow/core/deployment';
import { recordOfVerdict } from '@flow/core/verdict';
import type { Database, Tx } from '@flow/db/client';
import { loadForDecision, saveDecision } from '@flow/db/deployment';
import type { DecidedDeployment, DeploymentForDecision } from '@flow/db/deployment';
import { eventChannel, jobChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import type { Logger } from 'pino';
import type { Clusters } from '../clusters/clusters.ts';
import type { GitReader } from '../git/read-commit.ts';
import type { JobHandler, JobResult } from '../jobs/run-jobs.ts';
import { askExternal } from '@flow/operations/external-check';
import { hasNews, keepVerdict } from '@flow/operations/verdict';
import type { KeptDecision } from '@flow/operations/verdict';
import { listOpenFindings } from '@flow/db/verdict';
import { carryOut } from './carry-out.ts';
import { carryOutPeoplesActions } from './peoples-actions.ts';
import { judge } from './judge.ts';
import { begunBy, mayBeginWave } from './permits.ts';
import type { Moment } from './permits.ts';
import { systemContext } from '../system-context.ts';
import { toSnapshot } from './to-snapshot.ts';

/** What the reconciler of deployments needs from outside. */
export interface DeploymentDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  now: () => Date;
  /** The time by the database, in the transaction in which something begins. */
  timeIn: (tx: Tx) => Promise<Date>;
  newId: () => string;
  git: GitReader;
  /** Folder of this worker for charts and short-lived homes of helm. */
  stateDir: string;
  /** Name of this worker, for the leases of releases. */
  holder: string;
}

// A deployment that moves is looked at this often even if nothing is heard of it, in case its cluster could not be watched.
const resyncMs = 60_000;
// One that waits is woken by what it waits for; should that ever be missed, it is found out by this.
const waitingResyncMs = 600_000;
const roundsMax = 30;

/** Level-triggered: load everything, decide, write with a version check, act, until there is nothing more to do now. */
export function reconcileDeployments(dependencies: DeploymentDependencies): JobHandler {
  return async (job, signal) => {
    if (job.tenantId === null) return { kind: 'done' };
    for (let round = 0; round < roundsMax && !signal.aborted; round += 1) {
      const result = await reconcileOnce(dependencies, { tenantId: job.tenantId, id: job.key, signal });
      if (result !== 'again') return result;
    }
    return { kind: 'waiting', until: dependencies.now() };
  };
}

interface Subject {
  tenantId: string;
  id: string;
  signal: AbortSignal;
}

async function reconcileOnce(dependencies: DeploymentDependencies, subject: Subject): Promise<JobResult | 'again'> {
  const { db, now } = dependencies;
  const loaded = await loadForDecision(db, subject.tenantId, subject.id);
  if (loaded === undefined || isTerminal(deploymentState.parse(loaded.deployment.state))) return { kind: 'done' };
  if (await carryOutPeoplesActions(dependencies, loaded)) return 'again';

  const at = now();
  const judgement = await judge(db.prisma, loaded, { now: at });
  const decision = decide(toSnapshot(loaded, judgement), at);
  const read = toRead(loaded);
  const isSaved = await save(dependencies, { loaded, read, decision, moment: { judgement, at } });
  if (!isSaved) return 'again';
  dependencies.announcer.announce(eventChannel);
  if (decision.state !== read.state) dependencies.announcer.announce(jobChannel);
  if (decision.state !== read.state)
    dependencies.log.info({ deployment: subject.id, from: read.state, to: decision.state, reason: decision.reason }, 'deployment moved');

  if (decision.effects.length > 0) {
    const trouble = await carryOut(dependencies, { loaded, effects: decision.effects, signal: subject.signal });
    return trouble === null ? 'again' : { kind: 'retry', message: trouble };
  }
  if (decision.state !== read.state) return 'again';
  return rest({ state: decision.state, wakeAt: sooner(decision.wakeAt, judgement.lookAgainAt) }, now());
}

interface Decided {
  loaded: DeploymentForDecision;
  read: DecidedDeployment;
  decision: Decision;
  moment: Moment;
}

/** Writes the decision with all that is kept beside it. False when it does not hold any more. */
async function save(dependencies: DeploymentDependencies, { loaded, read, decision, moment }: Decided): Promise<boolean> {
  const { db, newId, timeIn } = dependencies;
  const { tenantId, id: deploymentId, serviceId, environmentId, artifactId, artifact } = read;
  const begins = begunBy(decision, loaded);
  // Nobody is asked about what is over.
  const toAsk = isTerminal(decision.state) ? [] : moment.judgement.toAsk;
  const open = await listOpenFindings(db.prisma, tenantId, deploymentId);
  const kept = (): KeptDecision => ({
    subject: { deploymentId, serviceId, environmentId, artifactId, digest: artifact.digest },
    kind: loaded.deployment.kind,
    before: read.state,
    after: decision.state,
    begins,
    open,
    judgement: moment.judgement,
    at: moment.at,
    newId,
  });
  return saveDecision(db, read, {
    decision,
    get now() {
      return moment.at;
    },
    get verdict() {
      return recordOfVerdict(moment.judgement.verdict);
    },
    auditId: newId,
    permit: begins === null ? undefined : mayBeginWave({ loaded, timeIn, newId }, moment),
    // What was judged in the transaction itself is what is kept.
    beside: {
      hasNews: hasNews(kept()) || toAsk.length > 0,
      write: async (tx) => {
        await keepVerdict(tx, tenantId, kept());
        const about = { deploymentId, digest: artifact.digest, configurationHash: loaded.deployment.snapshotHash };
        const ctx = systemContext(dependencies, tenantId, 'asks what a gate needs to know');
        for (const externalId of toAsk) await askExternal(ctx, tx, { externalId, ...about });
      },
    },
  });
}

function sooner(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
}

function rest(decision: Pick<Decision, 'state' | 'wakeAt'>, now: Date): JobResult {
  if (isTerminal(decision.state)) return { kind: 'done' };
  const isWaiting = decision.state === 'held' || decision.state === 'awaitingApproval';
  const resyncAt = new Date(now.getTime() + (isWaiting ? waitingResyncMs : resyncMs));
  return { kind: 'waiting', until: decision.wakeAt !== null && decision.wakeAt < resyncAt ? decision.wakeAt : resyncAt };
}

function toRead({ deployment }: DeploymentForDecision): DecidedDeployment {
  return {
    tenantId: deployment.tenantId,
    id: deployment.id,
    serviceId: deployment.serviceId,
    environmentId: deployment.environmentId,
    artifactId: deployment.artifactId,
    runId: deployment.runId,
    version: deployment.version,
    state: deploymentState.parse(deployment.state),
    reason: deployment.reason,
    startedAt: deployment.startedAt,
    targets: deployment.targets.map((target) => ({ ...target, state: targetState.parse(target.state) })),
    artifact: { version: deployment.artifact.version, digest: deployment.artifact.digest },
  };
}
