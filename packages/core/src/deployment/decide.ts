import { decideRollingBack } from './moving/decide-back.ts';
import { decideMoving } from './moving/decide-moving.ts';
import type { Decision, DeploymentSnapshot, Effect, TargetDecision } from './snapshot.ts';
import { beginRegions, askEffect, unchanged } from './moving/begin.ts';
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
      return decideBeforeStart(snapshot, now);
    case 'deploying':
    case 'baking':
    case 'paused':
      return decideMoving(snapshot, now);
    case 'rollingBack':
      return decideRollingBack(snapshot);
    default:
      return unchanged(snapshot);
  }
}

function decideBeforeStart(snapshot: DeploymentSnapshot, now: Date): Decision {
  if (snapshot.requestedAction !== null) return endUntouched(snapshot, 'cancelled', `Withdrawn by ${snapshot.requestedAction.by}`);
  if (snapshot.newerDeploymentId !== null) return endUntouched(snapshot, 'superseded', 'A newer deployment to the same place took over');
  if (snapshot.state === 'preparing' && snapshot.preparation.state !== 'done') return decidePreparing(snapshot);
  if (snapshot.state === 'awaitingApproval' && snapshot.approval === 'rejected')
    return endUntouched(snapshot, 'rejected', 'An approver rejected it');
  if (snapshot.state === 'awaitingApproval' && snapshot.approval === 'expired')
    return endUntouched(snapshot, 'expired', 'Nobody decided before the request expired');
  return followPermission(snapshot, now);
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

function followPermission(snapshot: DeploymentSnapshot, now: Date): Decision {
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
      return isLeftToPeople(snapshot)
        ? { ...unchanged(snapshot), state: 'held', reason: freeSentence }
        : beginRegions(snapshot, { wave: 0, movingCount: 0, now });
  }
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
