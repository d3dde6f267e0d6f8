import { toTime, type NewObject } from '../../store/index.ts';
import { controlledBy } from '../../workloads/index.ts';
import { DESIRED_REPLICAS_ANNOTATION, POD_HASH_LABEL, REVISION_ANNOTATION } from '../model/labels.ts';
import type { ReplicaSetView, RolloutPlan, RolloutSnapshot } from '../model/snapshot.ts';
import type { RolloutCondition } from '../model/status.ts';
import { podTemplateHash } from '../model/template-hash.ts';
import { reconcileBlueGreen } from './blue-green.ts';
import { reconcileCanary } from './canary.ts';
import { findCondition, isCompletedUpdate, removeCondition, setCondition } from './conditions.ts';
import { phaseOf } from './phase.ts';
import { findInvalidSpec } from './validate.ts';
import { beginWork, emptyPlan, isAborted, isFullyPromoted, revisionOf, type Work } from './work.ts';

const RECHECK_INVALID_MS = 20_000;

/**
 * What the controller does about one Rollout, from what is there and the time alone. It follows the reconcile loop of argo-rollouts 1.10
 * (`rollout/controller.go`, `canary.go`, `bluegreen.go`, `sync.go`): small steps, each decided anew from the cluster, so that the plan
 * can be carried out in part, twice, or by a controller that was just started.
 */
export function reconcileRollout(snapshot: RolloutSnapshot, now: Date): RolloutPlan {
  const invalid = findInvalidSpec(snapshot);
  if (invalid !== undefined) return planForInvalid(snapshot, invalid, now);
  if (snapshot.spec.replicas === undefined || snapshot.spec.replicas === null) return { ...emptyPlan(snapshot.status), defaultReplicas: 1 };
  const hash = podTemplateHash(snapshot.spec.template, snapshot.status.collisionCount);
  const newSet = snapshot.replicaSets.find((set) => set.hash === hash);
  if (newSet === undefined) return planForNewTemplate(snapshot, hash, now);
  const work = beginWork(snapshot, newSet, now);
  if (syncRevision(work)) return work.plan;
  if (isFullyPromoted(work) && isAborted(work)) work.pause.removeAbort = true;
  if (notePausesFirst(work)) return work.plan;
  if (snapshot.spec.strategy?.blueGreen) reconcileBlueGreen(work);
  else reconcileCanary(work);
  return work.plan;
}

function planForInvalid(snapshot: RolloutSnapshot, problem: string, now: Date): RolloutPlan {
  const { rollout, spec } = snapshot;
  const status = { ...snapshot.status, observedGeneration: String(rollout.metadata.generation) };
  const message = `The Rollout "${rollout.metadata.name}" is invalid: ${problem}`;
  if (findCondition(status, 'InvalidSpec')?.message !== message) {
    removeCondition(status, 'InvalidSpec');
    setCondition(status, { type: 'InvalidSpec', status: 'True', reason: 'InvalidSpec', message }, toTime(now));
  }
  Object.assign(status, phaseOf(spec, status));
  return { ...emptyPlan(status), wakeAt: new Date(now.getTime() + RECHECK_INVALID_MS) };
}

/** A template without its ReplicaSet gets one, without pods; the next reconcile goes on from there. */
function planForNewTemplate(snapshot: RolloutSnapshot, hash: string, now: Date): RolloutPlan {
  const revision = maxRevision(snapshot.replicaSets) + 1;
  const name = `${snapshot.rollout.metadata.name}-${hash}`;
  const status = { ...snapshot.status };
  removeCondition(status, 'InvalidSpec');
  const message = `Created new replica set "${name}"`;
  setCondition(status, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message }, toTime(now));
  return {
    ...emptyPlan(status),
    revision,
    createReplicaSet: newReplicaSet(snapshot, { name, hash, revision }),
    events: [
      { type: 'Normal', reason: 'RolloutUpdated', message: `Rollout updated to revision ${revision}` },
      { type: 'Normal', reason: 'NewReplicaSetCreated', message: `Created ReplicaSet ${name} (revision ${revision})` },
    ],
  };
}

function newReplicaSet({ rollout, spec }: RolloutSnapshot, made: { name: string; hash: string; revision: number }): NewObject {
  const labels = { ...spec.template?.metadata?.labels, [POD_HASH_LABEL]: made.hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: made.name,
      ...(rollout.metadata.namespace === undefined ? {} : { namespace: rollout.metadata.namespace }),
      labels,
      annotations: { [REVISION_ANNOTATION]: String(made.revision), [DESIRED_REPLICAS_ANNOTATION]: String(spec.replicas ?? 1) },
      ownerReferences: controlledBy(rollout),
    },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [POD_HASH_LABEL]: made.hash } },
      template: { metadata: { ...spec.template?.metadata, labels }, spec: spec.template?.spec },
    },
  };
}

function maxRevision(sets: readonly ReplicaSetView[]): number {
  return Math.max(0, ...sets.map((set) => set.revision));
}

/** A template that comes back gets the next revision, as a new one would. Returns whether something has to be written first. */
function syncRevision(work: Work): boolean {
  const { newSet, plan, rollout } = work;
  const revision = Math.max(newSet.revision, maxRevision(work.allSets.filter((set) => set !== newSet)) + 1);
  const minReadySeconds = work.spec.minReadySeconds ?? 0;
  if (revision !== newSet.revision || minReadySeconds !== newSet.minReadySeconds) {
    plan.replicaSets.push({ name: newSet.name, minReadySeconds, annotations: { [REVISION_ANNOTATION]: String(revision) } });
  }
  if (revision !== revisionOf(rollout)) {
    plan.revision = revision;
    plan.events.push({ type: 'Normal', reason: 'RolloutUpdated', message: `Rollout updated to revision ${revision}` });
  }
  return plan.replicaSets.length > 0 || plan.revision !== undefined;
}

/**
 * Pausing, going on and retrying are first written into the conditions alone, so that time spent paused never counts as a lack of progress.
 * Only when the newest spec has been seen; else the whole reconcile does it.
 */
function notePausesFirst(work: Work): boolean {
  const { before, spec, rollout, now } = work;
  if (before.observedGeneration !== String(rollout.metadata.generation)) return false;
  const status = { ...before };
  const changes = [progressNews(work), pauseNews(work)].filter((news) => news !== undefined);
  const isChanged = changes.map((condition) => setCondition(status, condition, toTime(now))).includes(true);
  if (!isChanged) return false;
  Object.assign(status, phaseOf(spec, status));
  work.plan.status = status;
  return true;
}

type News = Pick<RolloutCondition, 'type' | 'status' | 'reason' | 'message'>;

function isPaused({ before, spec }: Work): boolean {
  return before.pauseConditions.length > 0 || spec.paused === true;
}

function progressNews(work: Work): News | undefined {
  const reason = findCondition(work.before, 'Progressing')?.reason;
  const unknown = { type: 'Progressing', status: 'Unknown' } as const;
  if (reason === 'RolloutAborted') {
    return work.before.abort ? undefined : { ...unknown, reason: 'RolloutRetry', message: 'Retrying Rollout after abort' };
  }
  const wasPaused = reason === 'RolloutPaused';
  if (isPaused(work) === wasPaused || isCompletedUpdate(work.before)) return undefined;
  return wasPaused
    ? { ...unknown, reason: 'RolloutResumed', message: 'Rollout is resumed' }
    : { ...unknown, reason: 'RolloutPaused', message: 'Rollout is paused' };
}

function pauseNews(work: Work): News | undefined {
  const wasPaused = findCondition(work.before, 'Paused')?.status === 'True';
  const wasAborted = findCondition(work.before, 'Progressing')?.reason === 'RolloutAborted';
  if (isPaused(work) === wasPaused || wasAborted) return undefined;
  return { type: 'Paused', status: wasPaused ? 'False' : 'True', reason: 'RolloutPaused', message: 'Rollout is paused' };
}
