import { beginRegions, unchanged, upgradeEffect, withoutPermission } from './begin.ts';
import { backStep, startRollback } from './decide-back.ts';
import { decideFailure, inWords } from '../failure-policy.ts';
import type { FailureDecision } from '../failure-policy.ts';
import { holdEffects } from './hold.ts';
import { behindSentence } from './out-of-reach.ts';
import { isCanaryAlive, judgeTarget, toldBetter } from '../judge-target.ts';
import { pausesBefore } from '../progression.ts';
import type { Decision, DeploymentSnapshot, Effect, TargetDecision, TargetSnapshot } from '../snapshot.ts';
import { hasFailed } from '../state.ts';
import type { TargetState } from '../state.ts';

/** What comes next while waves move: regions are judged, what failed is treated as the policy of the plan says, and what may begin begins. */
export function decideMoving(snapshot: DeploymentSnapshot, now: Date): Decision {
  const judged = snapshot.targets.filter(isTouched).map((target) => judge(target, snapshot.id));
  const failed = judged.filter((one) => one.isFailed);
  const whyFailed = new Map(failed.map(({ target, reason }) => [target.id, reason]));
  const { requestedAction, inFlight } = snapshot;
  if (requestedAction !== null) return startRollback(snapshot, { cause: 'person', reason: `${requestedAction.by} asked to go back` });
  const failure = failureOf(snapshot, failed);
  if (failure?.others === 'goBack') return startRollback(snapshot, { cause: 'failure', reason: failure.sentence, whyFailed });
  if (inFlight.kind === 'rollBack') return startRollback(snapshot, { cause: 'governance', reason: inFlight.sentence, whyFailed });
  const moves = judged.map((one) => moveOf(snapshot, one, failure));
  const base: Decision = {
    ...unchanged(snapshot),
    targets: moves.map(({ decision }) => decision),
    effects: moves.flatMap(({ effects }) => effects),
  };
  return whereNext({ snapshot, base, failure, now });
}

function isTouched({ state }: TargetSnapshot): boolean {
  return state !== 'pending' && state !== 'skipped';
}

interface Judged {
  target: TargetSnapshot;
  state: TargetState;
  reason: string | null;
  isFailed: boolean;
}

/** A region that has failed once has failed, whatever it shows afterwards. */
function judge(target: TargetSnapshot, deploymentId: string): Judged {
  const { state } = target;
  if (hasFailed(state)) return { target, state, reason: toldBetter(target), isFailed: true };
  const { isFailure, ...judgement } = judgeTarget(target, deploymentId);
  return { target, ...judgement, isFailed: isFailure };
}

function failureOf({ plan, acceptedFailures }: DeploymentSnapshot, failed: readonly Judged[]): FailureDecision | null {
  if (failed.length === 0) return null;
  const regions = failed.map(({ target, reason }) => ({ region: target.region, reason }));
  return decideFailure(plan.progression.onFailure, { regions, accepted: acceptedFailures });
}

interface Move {
  decision: TargetDecision;
  effects: readonly Effect[];
}

function moveOf(snapshot: DeploymentSnapshot, { target, state, reason, isFailed }: Judged, failure: FailureDecision | null): Move {
  if (isFailed && failure !== null) return failedMove(snapshot, { ...target, reason }, failure);
  if (target.upgrade.state === 'done') return { decision: { id: target.id, state, reason }, effects: holdEffects(snapshot, target) };
  // Helm has not been called yet: while nothing may begin it is not called now.
  const why = target.upgrade.state === 'none' ? whyNothingBegins(snapshot, failure) : null;
  if (why !== null) return { decision: { id: target.id, state, reason: why }, effects: [] };
  return { decision: { id: target.id, state, reason }, effects: [upgradeEffect(snapshot, target)] };
}

/** A region that stays where it failed has its traffic on the stable version: a canary that is still alive is aborted. */
function failedMove(snapshot: DeploymentSnapshot, target: TargetSnapshot, failure: FailureDecision): Move {
  if (failure.region === 'goesBack' || target.state === 'rolledBack') return backStep(snapshot, target);
  const decision: TargetDecision = { id: target.id, state: 'failed', reason: target.reason };
  const rollout = target.observed;
  const isOpen = target.takeBack.state === 'none' || target.takeBack.state === 'intended';
  const hasTraffic = isCanaryAlive(rollout, snapshot.id) && rollout.currentPodHash !== rollout.stablePodHash;
  if (!isOpen || !(hasTraffic || target.takeBack.state === 'intended')) return { decision, effects: [] };
  return { decision, effects: [{ kind: 'rolloutAbort', key: `${snapshot.id}/${target.id}/abort`, targetId: target.id }] };
}

function whyNothingBegins({ inFlight }: DeploymentSnapshot, failure: FailureDecision | null): string | null {
  if (failure?.others === 'stop') return failure.sentence;
  return inFlight.kind === 'hold' ? inFlight.sentence : null;
}

interface Moved {
  snapshot: DeploymentSnapshot;
  /** What was decided about the regions that have begun. */
  base: Decision;
  failure: FailureDecision | null;
  now: Date;
}

function whereNext(moved: Moved): Decision {
  const { snapshot, base, failure, now } = moved;
  const unsettled = base.targets.filter((target) => !isSettled(target));
  const isWaveBegun = !snapshot.targets.some((target) => target.wave === snapshot.currentWave && target.state === 'pending');
  const isWaveOver = unsettled.length === 0 && isWaveBegun;
  if (failure?.others === 'stop')
    return { ...base, state: 'paused', waveFinishedAt: isWaveOver ? (snapshot.waveFinishedAt ?? now) : null, reason: failure.sentence };
  if (isWaveOver) return afterWave(moved);
  const going: Decision = { ...base, state: 'deploying', waveFinishedAt: null, reason: failure?.sentence ?? slowest(unsettled) };
  return withinWave(moved, going, unsettled.length);
}

/** A wave that is not over: what of it has not begun begins as soon as there is room for it and it may. */
function withinWave({ snapshot, now }: Moved, going: Decision, movingCount: number): Decision {
  const { inFlight, permission } = snapshot;
  if (inFlight.kind === 'hold') return { ...going, reason: inFlight.sentence, wakeAt: inFlight.until };
  const more = beginRegions(snapshot, { wave: snapshot.currentWave, movingCount, now });
  if (more.targets.length === 0) return { ...going, reason: going.reason ?? more.reason, wakeAt: more.wakeAt };
  if (permission.kind !== 'allowed') return withoutPermission(snapshot, going);
  return { ...going, targets: [...going.targets, ...more.targets], effects: [...going.effects, ...more.effects], wakeAt: more.wakeAt };
}

/** Whether the deployment waits for this region no longer: it is healthy, or its failure is dealt with. */
function isSettled({ state }: TargetDecision): boolean {
  return state === 'healthy' || state === 'failed' || state === 'rolledBack';
}

function afterWave({ snapshot, base, failure, now }: Moved): Decision {
  const next = snapshot.currentWave + 1;
  const finishedAt = snapshot.waveFinishedAt ?? now;
  if (next >= snapshot.plan.waves.length) return { ...base, ...endOf(snapshot, base, failure), waveFinishedAt: finishedAt };
  const bakedAt = new Date(finishedAt.getTime() + snapshot.plan.bakeTimeSeconds * 1000);
  const baking: Decision = { ...base, state: 'baking', waveFinishedAt: finishedAt };
  // Baking is a state of its own even when it takes no time, so that the table has one way from wave to wave.
  const isBaked = (snapshot.state === 'baking' || snapshot.state === 'paused') && now >= bakedAt;
  if (!isBaked) return { ...baking, reason: bakingSentence(snapshot, failure), wakeAt: bakedAt };
  if (pausesBefore(snapshot.plan.progression, next) && snapshot.continuedWave < next)
    return { ...baking, state: 'paused', reason: `Wave ${next} was observed: wave ${next + 1} begins when a person continues` };
  if (snapshot.inFlight.kind === 'hold') return { ...baking, reason: snapshot.inFlight.sentence, wakeAt: snapshot.inFlight.until };
  if (snapshot.permission.kind !== 'allowed') return withoutPermission(snapshot, baking);
  const started = beginRegions(snapshot, { wave: next, movingCount: 0, now });
  return { ...started, targets: [...base.targets, ...started.targets], effects: [...base.effects, ...started.effects] };
}

function bakingSentence({ currentWave, targets }: DeploymentSnapshot, failure: FailureDecision | null): string {
  const wave = `Wave ${currentWave + 1}`;
  const behind = behindSentence(
    targets.filter((target) => target.wave === currentWave && target.state === 'skipped').map(({ region }) => region),
  );
  if (failure === null && behind !== null) return `${wave} is over and is observed before the next one. ${behind}`;
  if (failure === null) return `${wave} is healthy and is observed before the next one`;
  return `${wave} is over and is observed before the next one. ${failure.sentence}`;
}

function endOf(
  snapshot: DeploymentSnapshot,
  { targets }: Decision,
  failure: FailureDecision | null,
): Pick<Decision, 'reason'> & { state: 'succeeded' | 'failed' } {
  const behind = behindSentence(snapshot.targets.flatMap(({ state, region }) => (state === 'skipped' ? [region] : [])));
  if (failure === null) return { state: 'succeeded', reason: behind };
  const regions = new Map(snapshot.targets.map((target) => [target.id, target.region]));
  const missing = targets.filter((target) => target.state !== 'healthy').map((target) => regions.get(target.id) ?? target.id);
  const healthyCount = targets.length - missing.length;
  return {
    state: 'failed',
    reason: [
      `It went on without ${inWords(missing)} and is healthy in ${countOf(healthyCount)}. ${failure.why}`,
      ...(behind === null ? [] : [behind]),
    ].join('. '),
  };
}

function countOf(count: number): string {
  if (count === 0) return 'no region';
  return count === 1 ? '1 region' : `${count} regions`;
}

function slowest(unsettled: readonly TargetDecision[]): string | null {
  const waiting =
    unsettled.find(({ state }) => state === 'paused' || state === 'aborted') ?? unsettled.find(({ state }) => state === 'applying');
  return waiting?.reason ?? null;
}
