import { FlowError } from '@flow/core/fault';
import type { Effect } from '@flow/core/deployment';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { closeApproval, requestApproval } from '@flow/operations/approval';
import { systemContext } from '../system-context.ts';
import { prepare } from './prepare.ts';
import type { DeploymentDependencies } from './reconcile.ts';
import { abortCanary, applyRelease, holdCanary, releaseCanary, rollBackRelease } from './release-effects.ts';

interface Work {
  loaded: DeploymentForDecision;
  effects: readonly Effect[];
  signal: AbortSignal;
}

/**
 * Runs the effects of a decision, those of different targets side by side and those of one target in order, so that a cluster that does not answer
 * does not hold up another. Null when all are done; otherwise why some must be tried again.
 */
export async function carryOut(dependencies: DeploymentDependencies, work: Work): Promise<string | null> {
  const lanes = new Map<string, Effect[]>();
  for (const effect of work.effects) {
    const lane = 'targetId' in effect ? effect.targetId : '';
    lanes.set(lane, [...(lanes.get(lane) ?? []), effect]);
  }
  const results = await Promise.allSettled([...lanes.values()].map((lane) => runLane(dependencies, work, lane)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return null;
  const error: unknown = failed.reason;
  // A worker that stops interrupts what it does: the next one looks what came of it and goes on.
  if (!(error instanceof FlowError) && !work.signal.aborted)
    dependencies.log.error({ err: error, deployment: work.loaded.deployment.id }, 'an effect failed in a way that Flow does not know');
  return error instanceof Error ? error.message : String(error);
}

async function runLane(dependencies: DeploymentDependencies, work: Work, lane: readonly Effect[]): Promise<void> {
  for (const effect of lane) await run(dependencies, work, effect);
}

async function run(dependencies: DeploymentDependencies, work: Work, effect: Effect): Promise<void> {
  const { deployment } = work.loaded;
  const ctx = systemContext(dependencies, deployment.tenantId, 'carries out a deployment');
  switch (effect.kind) {
    case 'prepare':
      return prepare(dependencies, work);
    case 'requestApproval':
      await requestApproval(ctx, { deploymentId: deployment.id });
      return;
    case 'closeApproval':
      return closeApproval(ctx, { deploymentId: deployment.id });
    case 'helmUpgrade':
    case 'helmRollback':
    case 'rolloutAbort':
    case 'rolloutHold':
    case 'rolloutRelease':
      return runOnTarget(dependencies, work, effect);
  }
}

type TargetEffect = Extract<Effect, { targetId: string }>;

async function runOnTarget(dependencies: DeploymentDependencies, work: Work, effect: TargetEffect): Promise<void> {
  const target = work.loaded.deployment.targets.find((candidate) => candidate.id === effect.targetId);
  if (target === undefined) return;
  const release = { loaded: work.loaded, target, key: effect.key, signal: work.signal };
  switch (effect.kind) {
    case 'helmUpgrade':
      return applyRelease(dependencies, release);
    case 'helmRollback':
      return rollBackRelease(dependencies, { ...release, toRevision: effect.toRevision });
    case 'rolloutAbort':
      return abortCanary(dependencies, release);
    case 'rolloutHold':
      return holdCanary(dependencies, { ...release, hold: effect.hold });
    case 'rolloutRelease':
      return releaseCanary(dependencies, { ...release, holdId: effect.holdId });
  }
}
