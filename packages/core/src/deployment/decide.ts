import { judgeTarget, toldBetter } from './judge-target.ts';
import type { Judgement } from './judge-target.ts';
import type { RolloutView } from '../rollout/index.ts';
import type { CanaryEffect, Decision, DeploymentSnapshot, Effect, TargetDecision, TargetSnapshot } from './snapshot.ts';
import { isTerminal } from './state.ts';

/**
 * The next state of a deployment, and what to do in the world for it: pure, level-triggered, safe to call again at any time.
 * Deciding twice on the same snapshot gives the same answer; effects that are done are not asked for again.
 */
export function decide(snapshot: DeploymentSnapshot, now: Date): Decision {
  if (isTerminal(snapshot.state)) return unchanged(snapshot);
  switch (snapshot.state) {
    case 'preparing':
    case 'awaitingApproval':
    case 'held':
      return decideBeforeStart(snapshot);
    case 'deploying':
    case 'baking':
      return decideMoving(snapshot, now);
    case 'rollingBack':
      return decideRollingBack(snapshot);
    default:
      return unchanged(snapshot);
  }
}

function unchanged(snapshot: DeploymentSnapshot): Decision {
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

function decideBeforeStart(snapshot: DeploymentSnapshot): Decision {
  if (snapshot.requestedAction !== null) return endUntouched(snapshot, 'cancelled', `Withdrawn by ${snapshot.requestedAction.by}`);
  if (snapshot.newerDeploymentId !== null) return endUntouched(snapshot, 'superseded', 'A newer deployment to the same place took over');
  if (snapshot.state === 'preparing' && snapshot.preparation.state !== 'done') return decidePreparing(snapshot);
  if (snapshot.state === 'awaitingApproval' && snapshot.approval === 'rejected')
    return endUntouched(snapshot, 'rejected', 'An approver rejected it');
  if (snapshot.state === 'awaitingApproval' && snapshot.approval === 'expired')
    return endUntouched(snapshot, 'expired', 'Nobody decided before the request expired');
  return followPermission(snapshot);
}

function decidePreparing(snapshot: DeploymentSnapshot): Decision {
  if (snapshot.preparation.state === 'failed') return endUntouched(snapshot, 'failed', snapshot.preparation.reason);
  const trouble = snapshot.preparation.state === 'intended' ? snapshot.preparation.trouble : undefined;
  return {
    ...unchanged(snapshot),
    reason: trouble ?? 'Rendering and checking what would change',
    effects: [{ kind: 'prepare', key: `${snapshot.id}/prepare` }],
  };
}

function followPermission(snapshot: DeploymentSnapshot): Decision {
  const { permission } = snapshot;
  switch (permission.kind) {
    case 'denied':
      return endUntouched(snapshot, 'rejected', permission.sentence);
    case 'held':
      return { ...unchanged(snapshot), state: 'held', reason: permission.sentence, wakeAt: permission.until };
    case 'needsApprovals':
      return {
        ...unchanged(snapshot),
        state: 'awaitingApproval',
        reason: permission.sentence,
        effects: permission.isAsked ? [] : [askEffect(snapshot)],
      };
    case 'allowed':
      if (permission.toRecord === true) return { ...unchanged(snapshot), effects: [askEffect(snapshot)] };
      return isLeftToPeople(snapshot) ? { ...unchanged(snapshot), state: 'held', reason: freeSentence } : startWave(snapshot, 0);
  }
}

function askEffect(snapshot: DeploymentSnapshot): Effect {
  return { kind: 'requestApproval', key: `${snapshot.id}/approval` };
}

/** Why a deployment waits that could start. */
export const freeSentence = 'Nothing stands against it any more: it waits for someone to start it';

/** What was asked for just now starts; what had to wait, and was not to start by itself, waits for a person. */
function isLeftToPeople({ state, startsItself }: DeploymentSnapshot): boolean {
  return !startsItself && state !== 'preparing';
}

function endUntouched(
  snapshot: DeploymentSnapshot,
  state: 'cancelled' | 'superseded' | 'failed' | 'rejected' | 'expired',
  reason: string,
): Decision {
  const closes: Effect[] = snapshot.approval === 'pending' ? [{ kind: 'closeApproval', key: `${snapshot.id}/close-approval` }] : [];
  const targets = snapshot.targets.map((target): TargetDecision => ({
    id: target.id,
    state: 'skipped',
    reason: 'The deployment ended before it started',
  }));
  return { ...unchanged(snapshot), state, reason, targets, effects: closes };
}

function startWave(snapshot: DeploymentSnapshot, wave: number): Decision {
  const starting = snapshot.targets.filter((target) => target.wave === wave && target.state === 'pending');
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

function upgradeEffect(snapshot: DeploymentSnapshot, target: TargetSnapshot): Effect {
  return { kind: 'helmUpgrade', key: `${snapshot.id}/${target.id}/upgrade`, targetId: target.id };
}

function decideMoving(snapshot: DeploymentSnapshot, now: Date): Decision {
  const touched = snapshot.targets.filter((target) => target.state !== 'pending' && target.state !== 'skipped');
  const judged = touched.map((target) => ({ target, judgement: judgeTarget(target, snapshot.id) }));
  const failure = judged.find(({ judgement }) => judgement.isFailure);
  if (snapshot.requestedAction !== null) return startRollback(snapshot, `${snapshot.requestedAction.by} asked to go back`);
  if (failure !== undefined) return startRollback(snapshot, failure.judgement.reason ?? 'A target failed', failure.target.id);
  if (snapshot.inFlight.kind === 'rollBack') return startRollback(snapshot, snapshot.inFlight.sentence);

  const held = snapshot.inFlight.kind === 'hold' ? snapshot.inFlight : null;
  // Helm has not been called yet: under a hold it is not called now.
  const isKeptBack = (target: TargetSnapshot): boolean => held !== null && target.upgrade.state === 'none';
  const targets = judged.map(({ target, judgement }) =>
    toDecision(target, held !== null && isKeptBack(target) ? { ...judgement, reason: held.sentence } : judgement),
  );
  const effects = judged.flatMap(({ target }) => {
    if (target.upgrade.state === 'done') return holdEffects(snapshot, target);
    return isKeptBack(target) ? [] : [upgradeEffect(snapshot, target)];
  });
  const base = { ...unchanged(snapshot), targets, effects };
  const isWaveHealthy = judged.every(({ judgement }) => judgement.state === 'healthy');
  if (!isWaveHealthy) {
    const reason = held?.sentence ?? slowest(judged);
    return { ...base, state: 'deploying', waveFinishedAt: null, reason, wakeAt: held?.until ?? null };
  }
  return afterHealthyWave(snapshot, base, now);
}

/** One hold pauses each living canary once; it goes on when the hold is over, unless a person has let it go on before. */
function holdEffects(snapshot: DeploymentSnapshot, target: TargetSnapshot): readonly Effect[] {
  const { inFlight } = snapshot;
  const rollout = target.observed;
  const unrecorded = doneUnrecorded(target);
  if (unrecorded !== undefined) return [unrecorded];
  if (!isCanaryAlive(rollout, snapshot.id)) return [];
  const place = `${snapshot.id}/${target.id}`;
  if (inFlight.kind === 'hold' && target.hold?.id !== inFlight.id && !rollout.held) {
    const hold = { id: inFlight.id, sentence: inFlight.sentence };
    return [{ kind: 'rolloutHold', key: `${place}/hold/${inFlight.id}`, targetId: target.id, hold }];
  }
  if (inFlight.kind !== 'hold' && target.hold !== null && rollout.held)
    return [{ kind: 'rolloutRelease', key: `${place}/release/${target.hold.id}`, targetId: target.id, holdId: target.hold.id }];
  return [];
}

/** A pause or its end that was begun and shows on the canary: asked for once more, it changes nothing and is recorded. */
function doneUnrecorded({ begun, observed }: TargetSnapshot): CanaryEffect | undefined {
  return begun.find((effect) => effect.kind !== 'rolloutAbort' && observed?.held === (effect.kind === 'rolloutHold'));
}

function isCanaryAlive(rollout: RolloutView | null, deploymentId: string): rollout is RolloutView {
  return rollout?.deploymentId === deploymentId && !rollout.aborted && rollout.phase !== 'Healthy';
}

function afterHealthyWave(snapshot: DeploymentSnapshot, base: Decision, now: Date): Decision {
  const nextWave = snapshot.currentWave + 1;
  if (nextWave >= snapshot.plan.waves.length)
    return { ...base, state: 'succeeded', reason: null, waveFinishedAt: snapshot.waveFinishedAt ?? now };
  const finishedAt = snapshot.waveFinishedAt ?? now;
  const bakedAt = new Date(finishedAt.getTime() + snapshot.plan.bakeTimeSeconds * 1000);
  const baking: Decision = { ...base, state: 'baking', waveFinishedAt: finishedAt };
  // Baking is a state of its own even when it takes no time, so that the table has one way from wave to wave.
  if (snapshot.state !== 'baking' || now < bakedAt) {
    return { ...baking, reason: `Wave ${snapshot.currentWave + 1} is healthy and is observed before the next one`, wakeAt: bakedAt };
  }
  if (snapshot.inFlight.kind === 'hold') return { ...baking, reason: snapshot.inFlight.sentence, wakeAt: snapshot.inFlight.until };
  if (snapshot.permission.kind !== 'allowed') {
    const { permission } = snapshot;
    const until = permission.kind === 'held' ? permission.until : null;
    const asks = permission.kind === 'needsApprovals' && !permission.isAsked ? [askEffect(snapshot)] : [];
    return { ...baking, reason: permission.sentence, wakeAt: until, effects: [...baking.effects, ...asks] };
  }
  const started = startWave(snapshot, nextWave);
  return { ...started, targets: [...base.targets, ...started.targets] };
}

function slowest(judged: readonly { target: TargetSnapshot; judgement: Judgement }[]): string | null {
  const waiting =
    judged.find(({ judgement }) => judgement.state === 'paused' || judgement.state === 'aborted') ??
    judged.find(({ judgement }) => judgement.state === 'applying');
  return waiting?.judgement.reason ?? null;
}

function toDecision(target: TargetSnapshot, judgement: Judgement): TargetDecision {
  return { id: target.id, state: judgement.state, reason: judgement.reason };
}

/** Every target that was touched goes back; the one that failed keeps saying why. */
function startRollback(snapshot: DeploymentSnapshot, reason: string, failedId?: string): Decision {
  const targets = snapshot.targets.map((target) => (target.id === failedId ? { ...target, reason } : target));
  return { ...decideRollingBack({ ...snapshot, targets, reason }), state: 'rollingBack' };
}

function decideRollingBack(before: DeploymentSnapshot): Decision {
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

interface BackStep {
  decision: TargetDecision;
  effects: readonly Effect[];
}

function backStep(snapshot: DeploymentSnapshot, target: TargetSnapshot): BackStep {
  const stay = (state: TargetDecision['state'], reason: string | null, effects: readonly Effect[] = []): BackStep => ({
    decision: { id: target.id, state, reason },
    effects,
  });
  if (target.state === 'pending' || target.state === 'skipped') return stay('skipped', 'The deployment went back before this wave');
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
