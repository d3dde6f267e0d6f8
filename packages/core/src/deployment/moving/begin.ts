import type { Decision, DeploymentSnapshot, Effect, TargetDecision, TargetSnapshot } from '../snapshot.ts';
import { sortByReach } from './out-of-reach.ts';

/** The decision that changes nothing. */
export function unchanged(snapshot: DeploymentSnapshot): Decision {
  return {
    state: snapshot.state,
    reason: snapshot.reason,
    currentWave: snapshot.currentWave,
    waveFinishedAt: snapshot.waveFinishedAt,
    targets: [],
    effects: [],
    wakeAt: null,
  };
}

/** Asks people for what the verdict wants. */
export function askEffect(snapshot: DeploymentSnapshot): Effect {
  return { kind: 'requestApproval', key: `${snapshot.id}/approval` };
}

/** Whose turn it is: the wave, and how many of it move already. */
export interface Turn {
  wave: number;
  movingCount: number;
  now: Date;
}

/** Lets the regions of a wave begin, as many as may move at once, and skips those that the plan goes on without. */
export function beginRegions(snapshot: DeploymentSnapshot, turn: Turn): Decision {
  const atOnce = snapshot.plan.progression.regionsAtOnce ?? Infinity;
  const { reachable, skipped, awaited } = sortByReach(snapshot, turn);
  const starting = reachable.slice(0, Math.max(0, atOnce - turn.movingCount));
  const begun = starting.map((target): TargetDecision => ({
    id: target.id,
    state: 'applying',
    reason: `Helm applies the release in ${target.region}`,
  }));
  return {
    ...unchanged(snapshot),
    state: 'deploying',
    reason: starting.length === 0 ? (awaited?.sentence ?? null) : null,
    currentWave: turn.wave,
    waveFinishedAt: null,
    targets: [...begun, ...skipped],
    effects: starting.map((target) => upgradeEffect(snapshot, target)),
    wakeAt: awaited?.until ?? null,
  };
}

/** Installs the release of a target. */
export function upgradeEffect(snapshot: DeploymentSnapshot, target: TargetSnapshot): Effect {
  return { kind: 'helmUpgrade', key: `${snapshot.id}/${target.id}/upgrade`, targetId: target.id };
}

/** The decision, which begins nothing because it is not allowed to: why, until when, and whether people are to be asked. */
export function withoutPermission(snapshot: DeploymentSnapshot, decision: Decision): Decision {
  const { permission } = snapshot;
  if (permission.kind === 'allowed') return decision;
  const asks = permission.kind === 'needsApprovals' && !permission.isAsked ? [askEffect(snapshot)] : [];
  const wakeAt = permission.kind === 'held' ? permission.until : null;
  return { ...decision, reason: permission.sentence, wakeAt, effects: [...decision.effects, ...asks] };
}
