import type { Decision, DeploymentSnapshot, Effect, TargetSnapshot } from '../snapshot.ts';

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

/** Lets the regions of a wave begin, as many as may move at once while `movingCount` of it move already. */
export function beginRegions(snapshot: DeploymentSnapshot, wave: number, movingCount = 0): Decision {
  const atOnce = snapshot.plan.progression.regionsAtOnce ?? Infinity;
  const pending = snapshot.targets.filter((target) => target.wave === wave && target.state === 'pending');
  const starting = pending.slice(0, Math.max(0, atOnce - movingCount));
  return {
    ...unchanged(snapshot),
    state: 'deploying',
    reason: null,
    currentWave: wave,
    waveFinishedAt: null,
    targets: starting.map((target) => ({ id: target.id, state: 'applying', reason: `Helm applies the release in ${target.region}` })),
    effects: starting.map((target) => upgradeEffect(snapshot, target)),
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
