import { decide, deploymentState, isTerminal, targetState } from '@flow/core/deployment';
import type { Decision } from '@flow/core/deployment';
import type { Database } from '@flow/db/client';
import { loadForDecision, saveDecision } from '@flow/db/deployment';
import type { DecidedDeployment, DeploymentForDecision } from '@flow/db/deployment';
import { eventChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import type { Logger } from 'pino';
import type { Clusters } from '../clusters/clusters.ts';
import type { GitReader } from '../git/read-commit.ts';
import type { JobHandler, JobResult } from '../jobs/run-jobs.ts';
import { carryOut } from './carry-out.ts';
import { carryOutPeoplesActions } from './peoples-actions.ts';
import { judge } from './judge.ts';
import { toSnapshot } from './to-snapshot.ts';

/** What the reconciler of deployments needs from outside. */
export interface DeploymentDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  now: () => Date;
  newId: () => string;
  git: GitReader;
  /** Folder of this worker for charts and short-lived homes of helm. */
  stateDir: string;
  /** Name of this worker, for the leases of releases. */
  holder: string;
}

// A deployment that moves is looked at this often even if nothing is heard of it, in case its cluster could not be watched.
const resyncMs = 60_000;
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

  const judgement = await judge(db, loaded, now());
  const decision = decide(toSnapshot(loaded, judgement), now());
  const read = toRead(loaded);
  const isSaved = await saveDecision(db, read, { decision, now: now(), auditId: dependencies.newId });
  if (!isSaved) return 'again';
  dependencies.announcer.announce(eventChannel);
  if (decision.state !== read.state)
    dependencies.log.info({ deployment: subject.id, from: read.state, to: decision.state, reason: decision.reason }, 'deployment moved');

  if (decision.effects.length > 0) {
    const trouble = await carryOut(dependencies, { loaded, effects: decision.effects, signal: subject.signal });
    return trouble === null ? 'again' : { kind: 'retry', message: trouble };
  }
  if (decision.state !== read.state) return 'again';
  return rest({ state: decision.state, wakeAt: sooner(decision.wakeAt, judgement.lookAgainAt) }, now());
}

function sooner(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right;
  return left < right ? left : right;
}

function rest(decision: Pick<Decision, 'state' | 'wakeAt'>, now: Date): JobResult {
  if (isTerminal(decision.state)) return { kind: 'done' };
  const resyncAt = new Date(now.getTime() + resyncMs);
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
