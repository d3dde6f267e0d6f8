import { deploymentState, plan, targetState } from '@flow/core/deployment';
import type { ActionProgress, ApprovalOutcome, CanaryEffect, DeploymentSnapshot, Permission, TargetSnapshot } from '@flow/core/deployment';
import { analysisView, rolloutView } from '@flow/core/rollout';
import type { Verdict } from '@flow/core/verdict';
import { releaseKey } from '@flow/db/deployment';
import type { DeploymentForDecision, LoadedAction } from '@flow/db/deployment';
import type { Judgement } from '@flow/operations/verdict';
import { z } from 'zod';

/** Turns the rows of one deployment into what `decide` looks at. */
export function toSnapshot(loaded: DeploymentForDecision, judgement: Judgement): DeploymentSnapshot {
  const { verdict, inFlight } = judgement;
  const { deployment, actions } = loaded;
  return {
    id: deployment.id,
    state: deploymentState.parse(deployment.state),
    reason: deployment.reason,
    plan: plan.parse(deployment.plan),
    currentWave: deployment.currentWave,
    waveFinishedAt: deployment.waveFinishedAt,
    continuedWave: deployment.continuedWave,
    acceptedFailures: deployment.acceptedFailures,
    requestedAction: requestedActionOf(loaded),
    preparation: progressOf(actions, `${deployment.id}/prepare`),
    approval: approvalOf(loaded, verdict),
    permission: permissionOf(loaded, verdict),
    startsItself: deployment.startsItself,
    inFlight,
    newerDeploymentId: loaded.newerDeploymentId,
    targets: deployment.targets.map((target) => toTarget(loaded, target)),
  };
}

function requestedActionOf({ deployment, names }: DeploymentForDecision): DeploymentSnapshot['requestedAction'] {
  const kind = z.enum(['cancel', 'rollback']).nullable().parse(deployment.requestedAction);
  if (kind === null) return null;
  return { kind, by: names.get(deployment.requestedActionBy ?? '') ?? 'Someone' };
}

const failure = z.object({ reason: z.string() });
const troubled = z.object({ trouble: z.string() });

/** How far the action with this key has come. */
export function progressOf(actions: readonly LoadedAction[], key: string): ActionProgress {
  const action = actions.find((candidate) => candidate.key === key);
  if (action === undefined) return { state: 'none' };
  switch (action.state) {
    case 'done':
      return { state: 'done' };
    case 'intended':
      return { state: 'intended', trouble: troubled.safeParse(action.result).data?.trouble };
    case 'failed':
    case 'refused':
      return { state: 'failed', reason: failure.safeParse(action.result).data?.reason ?? 'The engine refused it' };
  }
}

// A vote is bound to a hash: an approval of anything else is as good as none.
function approvalOf({ deployment }: DeploymentForDecision, verdict: Verdict): ApprovalOutcome {
  const { approval } = deployment;
  if (approval === null || approval.subjectHash !== deployment.snapshotHash) return 'none';
  const state = z.enum(['pending', 'approved', 'rejected', 'expired', 'superseded']).parse(approval.state);
  // It was approved by people who may no longer vote: it is asked for anew.
  return state === 'approved' && verdict.kind === 'needsApprovals' ? 'none' : state;
}

/** Whether the request that people see is open and asks for exactly what the verdict wants. */
function isAskedFor({ deployment }: DeploymentForDecision, verdict: Verdict): boolean {
  const { approval } = deployment;
  if (approval === null || approval.subjectHash !== deployment.snapshotHash) return false;
  if (approval.state !== 'pending') return approval.state !== 'approved';
  const asked = [...approval.policyIds].toSorted().join();
  return approval.requiredCount === verdict.approvalsRequired && asked === [...verdict.approvalPolicyIds].toSorted().join();
}

/** What policies approve by themselves is written down before it starts, and so is a request that nothing asks for any more. */
function isToRecord({ deployment }: DeploymentForDecision, verdict: Verdict): boolean {
  const { approval } = deployment;
  if (deployment.startedAt !== null) return false;
  if (approval === null || approval.subjectHash !== deployment.snapshotHash) return verdict.autoApproved.length > 0;
  return approval.state === 'pending';
}

function permissionOf(loaded: DeploymentForDecision, verdict: Verdict): Permission {
  const sentence = verdict.reasons.map((reason) => reason.sentence).join('; ');
  switch (verdict.kind) {
    case 'allowed':
      return isToRecord(loaded, verdict) ? { kind: 'allowed', toRecord: true } : { kind: 'allowed' };
    case 'needsApprovals':
      return { kind: 'needsApprovals', sentence, isAsked: isAskedFor(loaded, verdict) };
    case 'heldUntil':
      return { kind: 'held', sentence, until: verdict.until };
    case 'denied':
      return { kind: 'denied', sentence };
  }
}

type LoadedTarget = DeploymentForDecision['deployment']['targets'][number];

function toTarget(loaded: DeploymentForDecision, target: LoadedTarget): TargetSnapshot {
  const { deployment, actions } = loaded;
  return {
    id: target.id,
    region: target.region,
    wave: target.wave,
    state: targetState.parse(target.state),
    reason: target.reason,
    unreachableSince: target.target.cluster.health === 'unreachable' ? target.target.cluster.healthSince : null,
    previousRevision: target.previousRevision,
    // The copy on the target is for the page; decisions look at what was observed itself.
    observed: rolloutView.nullable().parse(loaded.rollouts.get(releaseKey(target)) ?? null),
    analyses: z.array(analysisView).parse(target.analyses),
    upgrade: progressOf(actions, `${deployment.id}/${target.id}/upgrade`),
    rollback: progressOf(actions, `${deployment.id}/${target.id}/rollback`),
    takeBack: progressOf(actions, `${deployment.id}/${target.id}/abort`),
    abortedBy: abortedBy(loaded, target),
    hold: holdOn(loaded, target),
    begun: begunOn(loaded, target),
  };
}

const heldBy = z.object({ hold: z.object({ id: z.string(), sentence: z.string() }) });
const releasedHold = z.object({ holdId: z.string() });

/** The hold that Flow put on the canary and has not taken back. */
function holdOn({ actions }: DeploymentForDecision, target: LoadedTarget): TargetSnapshot['hold'] {
  const mine = actions.filter((action) => action.targetDeploymentId === target.id && action.state === 'done');
  const released = new Set(
    mine.filter((action) => action.kind === 'rollout-release').map((action) => releasedHold.safeParse(action.target).data?.holdId),
  );
  const holds = mine
    .filter((action) => action.kind === 'rollout-hold')
    .flatMap((action) => heldBy.safeParse(action.target).data?.hold ?? []);
  return holds.findLast((hold) => !released.has(hold.id)) ?? null;
}

/** What an earlier worker began on the canary and did not record the end of. */
function begunOn({ actions }: DeploymentForDecision, target: LoadedTarget): CanaryEffect[] {
  const open = actions.filter((action) => action.targetDeploymentId === target.id && action.state === 'intended');
  return open.flatMap(({ kind, key, target: intent }): CanaryEffect[] => {
    const place = { key, targetId: target.id };
    switch (kind) {
      case 'rollout-takeBack':
        return [{ kind: 'rolloutAbort', ...place }];
      case 'rollout-hold':
        return [{ kind: 'rolloutHold', ...place, ...heldBy.parse(intent) }];
      case 'rollout-release':
        return [{ kind: 'rolloutRelease', ...place, ...releasedHold.parse(intent) }];
      default:
        return [];
    }
  });
}

/** The person whose abort of this very revision was carried out and not taken back by a retry. */
function abortedBy({ actions, names }: DeploymentForDecision, target: LoadedTarget): string | null {
  const last = actions.findLast(
    (action) =>
      action.targetDeploymentId === target.id &&
      action.state === 'done' &&
      (action.kind === 'rollout-abort' || action.kind === 'rollout-retry'),
  );
  if (last?.kind !== 'rollout-abort' || last.requestedBy === null) return null;
  return names.get(last.requestedBy) ?? 'Someone';
}
