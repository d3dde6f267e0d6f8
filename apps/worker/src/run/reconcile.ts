import { decideRun, isRunOver, runState, stageState } from '@flow/core/pipeline';
import type { Database } from '@flow/db/client';
import { eventChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { loadRun, saveRunDecision } from '@flow/db/run';
import type { DecidedRun, RunForDecision } from '@flow/db/run';
import type { Logger } from 'pino';
import type { Clusters } from '../clusters/clusters.ts';
import type { JobHandler, JobResult } from '../jobs/run-jobs.ts';
import { carryOutRunEffects } from './carry-out.ts';
import type { GitReader } from '../git/read-commit.ts';
import { isParked, pipelineOf, stepsOf, toRunSnapshot, workflowOf } from './to-snapshot.ts';

/** What the reconciler of runs needs from outside. */
export interface RunDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  now: () => Date;
  newId: () => string;
  git: GitReader;
  /** Where charts of commits are kept on this machine. */
  stateDir: string;
  /** Image of steps that name none: it must have sh and git. */
  stepImage: string;
}

const resyncMs = 60_000;
const roundsMax = 30;

/** Level-triggered, as for deployments: load, decide, write with a version check, act. */
export function reconcileRuns(dependencies: RunDependencies): JobHandler {
  return async (job, signal) => {
    if (job.tenantId === null) return { kind: 'done' };
    for (let round = 0; round < roundsMax && !signal.aborted; round += 1) {
      const result = await reconcileOnce(dependencies, job.tenantId, job.key);
      if (result !== 'again') return result;
    }
    return { kind: 'waiting', until: dependencies.now() };
  };
}

async function reconcileOnce(dependencies: RunDependencies, tenantId: string, id: string): Promise<JobResult | 'again'> {
  const { db, now } = dependencies;
  const loaded = await loadRun(db, tenantId, id);
  if (loaded === undefined || isRunOver(runState.parse(loaded.run.state))) return { kind: 'done' };
  const decision = decideRun(toRunSnapshot(loaded, loaded.cancelledBy), now());
  const read = toRead(loaded);
  const isSaved = await saveRunDecision(db, read, {
    decision,
    // Steps that an ended Workflow will never run come back in the next one.
    steps: isParked(loaded) ? new Map() : stepsOf(workflowOf(loaded), pipelineOf(loaded)),
    now: now(),
    auditId: dependencies.newId,
  });
  if (!isSaved) return 'again';
  dependencies.announcer.announce(eventChannel);
  if (decision.state !== read.state)
    dependencies.log.info({ run: id, from: read.state, to: decision.state, reason: decision.reason }, 'run moved');
  if (decision.effects.length > 0) {
    const outcome = await carryOutRunEffects(dependencies, loaded, decision.effects);
    if (outcome.kind === 'trouble') return { kind: 'retry', message: outcome.message };
    // Effects on the engine show themselves through the watch; those on Flow's own rows are seen by reading again.
    return outcome.kind === 'rowsChanged' ? 'again' : { kind: 'waiting', until: new Date(now().getTime() + resyncMs) };
  }
  if (isRunOver(decision.state)) return { kind: 'done' };
  return { kind: 'waiting', until: new Date(now().getTime() + resyncMs) };
}

function toRead({ run }: RunForDecision): DecidedRun {
  return {
    tenantId: run.tenantId,
    id: run.id,
    serviceId: run.serviceId,
    version: run.version,
    state: runState.parse(run.state),
    reason: run.reason,
    startedAt: run.startedAt,
    stages: run.stages.map((stage) => ({
      key: stage.key,
      state: stageState.parse(stage.state),
      reason: stage.reason,
      steps: stage.steps,
      startedAt: stage.startedAt,
    })),
  };
}
