import { unchanged } from './begin.ts';
import { isCanaryAlive, toldBetter } from '../judge-target.ts';
import type { Decision, DeploymentSnapshot, Effect, TargetDecision, TargetSnapshot } from '../snapshot.ts';
import type { BackCause } from '../state.ts';

/** Why everything goes back. */
export interface WayBack {
  cause: BackCause;
  reason: string;
  /** What the targets that failed said, by their ids. */
  whyFailed?: ReadonlyMap<string, string | null>;
}

/** Every target that was touched goes back; those that failed keep saying why. */
export function startRollback(snapshot: DeploymentSnapshot, { cause, reason, whyFailed }: WayBack): Decision {
  const targets = snapshot.targets.map((target) => ({ ...target, reason: whyFailed?.get(target.id) ?? target.reason }));
  return { ...decideRollingBack({ ...snapshot, targets, reason }), state: 'rollingBack', backCause: cause };
}

/** Goes on taking back what was touched, until every target is seen healthy on what ran before or cannot be brought there. */
export function decideRollingBack(before: DeploymentSnapshot): Decision {
  const snapshot = withBetterReasons(before);
  const steps = snapshot.targets.map((target) => backStep(snapshot, target));
  const targets = steps.map((step) => step.decision);
  const base = { ...unchanged(snapshot), targets, effects: steps.flatMap((step) => step.effects) };
  if (targets.some((target) => target.state === 'rollingBack')) return base;
  const lost = targets.find((target) => target.state === 'failed');
  return lost === undefined ? { ...base, state: 'rolledBack' } : { ...base, state: 'failed', reason: snapshot.reason ?? lost.reason };
}

function withBetterReasons(snapshot: DeploymentSnapshot): DeploymentSnapshot {
  const told = new Map(snapshot.targets.map((target) => [target.reason, toldBetter(target)]));
  const targets = snapshot.targets.map((target) => ({ ...target, reason: toldBetter(target) }));
  return { ...snapshot, targets, reason: told.get(snapshot.reason) ?? snapshot.reason };
}

/** What is next for one target that goes back. */
export interface BackStep {
  decision: TargetDecision;
  effects: readonly Effect[];
}

/** The next step of one target on its way back: pure and repeatable, whether it goes alone or with all others. */
export function backStep(snapshot: DeploymentSnapshot, target: TargetSnapshot): BackStep {
  const stay = (state: TargetDecision['state'], reason: string | null, effects: readonly Effect[] = []): BackStep => ({
    decision: { id: target.id, state, reason },
    effects,
  });
  if (target.state === 'skipped') return stay('skipped', target.reason);
  if (target.state === 'pending') return stay('skipped', 'The deployment went back before this wave');
  if (target.state === 'rolledBack') return stay('rolledBack', target.reason);
  if (target.rollback.state === 'failed') return stay('failed', target.rollback.reason);
  // Going back and being back are two steps, so that the table has one way out of each state.
  if (target.upgrade.state === 'none') return stay(target.state === 'rollingBack' ? 'rolledBack' : 'rollingBack', target.reason);
  if (target.previousRevision === null) return stay('failed', firstDeploymentSentence(target));
  if (target.rollback.state !== 'done') return stay('rollingBack', target.reason, goBackEffects(snapshot, target, target.previousRevision));
  return stay(target.state === 'rollingBack' && isBackHealthy(target, snapshot.id) ? 'rolledBack' : 'rollingBack', target.reason);
}

function firstDeploymentSentence(target: TargetSnapshot): string {
  const cause = target.reason === null ? '' : `${target.reason}. `;
  return `${cause}${target.region}: this was the first deployment of the service here, so there is no version to go back to`;
}

// A canary that is still alive is aborted first: that takes traffic off it at once, before Helm has done its work.
function goBackEffects(snapshot: DeploymentSnapshot, target: TargetSnapshot, toRevision: number): readonly Effect[] {
  const back: Effect = { kind: 'helmRollback', key: `${snapshot.id}/${target.id}/rollback`, targetId: target.id, toRevision };
  const isAbortBegun = target.begun.some((effect) => effect.kind === 'rolloutAbort');
  if (!isCanaryAlive(target.observed, snapshot.id) && !isAbortBegun) return [back];
  return [{ kind: 'rolloutAbort', key: `${snapshot.id}/${target.id}/abort`, targetId: target.id }, back];
}

function isBackHealthy(target: TargetSnapshot, deploymentId: string): boolean {
  const rollout = target.observed;
  return (
    rollout !== null &&
    rollout.deploymentId !== deploymentId &&
    rollout.phase === 'Healthy' &&
    rollout.currentPodHash === rollout.stablePodHash
  );
}
