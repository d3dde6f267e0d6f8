import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, type NewObject, type ResourceName, type SandboxContext } from '../../store/index.ts';
import { controllerOf, recordEvent } from '../../workloads/index.ts';
import { DESIRED_REPLICAS_ANNOTATION, MANAGED_BY_ANNOTATION, POD_HASH_LABEL, REVISION_ANNOTATION } from '../model/labels.ts';
import type { RolloutPlan, RolloutSnapshot } from '../model/snapshot.ts';
import { toStored } from '../model/status.ts';

const ROLLOUTS = 'rollouts.argoproj.io';
const REPLICA_SETS = 'replicasets.apps';
const RUNS = 'analysisruns.argoproj.io';
const EXPERIMENTS = 'experiments.argoproj.io';

/** Carries a plan out; the status comes last, so that whatever it speaks of is there. */
export function applyRolloutPlan(ctx: SandboxContext, snapshot: RolloutSnapshot, plan: RolloutPlan): void {
  const { rollout } = snapshot;
  const status = { ...plan.status };
  if (plan.createReplicaSet !== undefined && !createOwned(ctx, REPLICA_SETS, { object: plan.createReplicaSet, owner: rollout })) {
    status.collisionCount = (status.collisionCount ?? 0) + 1;
  }
  changeRollout(ctx, rollout, plan);
  changeReplicaSets(ctx, snapshot, plan);
  changeOwned(ctx, rollout, plan);
  for (const note of plan.events) recordEvent(ctx, rollout, { component: 'rollouts-controller', note });
  writeStatus(ctx, ROLLOUTS, { object: rollout, status: toStored(status), subresource: 'status' });
}

function changeOwned(ctx: SandboxContext, rollout: KubeObject, plan: RolloutPlan): void {
  const namespace = rollout.metadata.namespace ?? '';
  for (const { name, hash } of plan.services) pointService(ctx, { namespace, name }, { hash, rollout: rollout.metadata.name });
  for (const object of plan.createAnalysisRuns) createOwned(ctx, RUNS, { object, owner: rollout });
  for (const object of plan.createExperiments) createOwned(ctx, EXPERIMENTS, { object, owner: rollout });
  for (const name of plan.terminateAnalysisRuns) terminate(ctx, RUNS, { namespace, name });
  for (const name of plan.terminateExperiments) terminate(ctx, EXPERIMENTS, { namespace, name });
  for (const name of plan.deleteAnalysisRuns) ctx.store.delete(RUNS, { namespace, name });
  for (const name of plan.deleteExperiments) ctx.store.delete(EXPERIMENTS, { namespace, name });
  for (const name of plan.deletePods) ctx.store.delete('pods', { namespace, name });
}

/** Writes the status when it differs from the stored one. */
export function writeStatus(
  ctx: SandboxContext,
  resource: ResourceName,
  write: { object: KubeObject; status: Record<string, unknown>; subresource?: 'status' },
): void {
  if (isDeepStrictEqual(write.object['status'], write.status)) return;
  ctx.store.modify(
    resource,
    write.object.metadata,
    (draft) => {
      draft['status'] = write.status;
    },
    write.subresource === undefined ? {} : { subresource: write.subresource },
  );
}

/** Creates the object, or finds that its owner already has it. False when the name belongs to something else. */
export function createOwned(ctx: SandboxContext, resource: ResourceName, created: { object: NewObject; owner: KubeObject }): boolean {
  const { name = '', namespace = '' } = created.object.metadata;
  const existing = ctx.store.get(resource, { namespace, name });
  if (existing !== undefined) return controllerOf(existing)?.uid === created.owner.metadata.uid;
  ctx.store.create(resource, created.object);
  return true;
}

/** Asks a run or an experiment to end. */
export function terminate(ctx: SandboxContext, resource: ResourceName, key: { namespace: string; name: string }): void {
  ctx.store.modify(resource, key, (draft) => {
    const spec = typeof draft['spec'] === 'object' && draft['spec'] !== null ? draft['spec'] : {};
    draft['spec'] = { ...spec, terminate: true };
  });
}

/** Asks a ReplicaSet for another number of pods. */
export function scaleReplicaSet(ctx: SandboxContext, key: { namespace: string; name: string }, replicas: number): void {
  ctx.store.modify(
    REPLICA_SETS,
    key,
    (draft) => {
      const spec = typeof draft['spec'] === 'object' && draft['spec'] !== null ? draft['spec'] : {};
      draft['spec'] = { ...spec, replicas };
    },
    { subresource: 'main' },
  );
}

function changeRollout(ctx: SandboxContext, rollout: KubeObject, plan: RolloutPlan): void {
  const { revision, defaultReplicas } = plan;
  if (revision === undefined && defaultReplicas === undefined) return;
  ctx.store.modify(
    ROLLOUTS,
    rollout.metadata,
    (draft) => {
      if (revision !== undefined) draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION_ANNOTATION]: String(revision) };
      const spec = typeof draft['spec'] === 'object' && draft['spec'] !== null ? draft['spec'] : {};
      if (defaultReplicas !== undefined) draft['spec'] = { ...spec, replicas: defaultReplicas };
    },
    { subresource: 'main' },
  );
}

function changeReplicaSets(ctx: SandboxContext, { rollout, spec }: RolloutSnapshot, plan: RolloutPlan): void {
  const namespace = rollout.metadata.namespace ?? '';
  for (const { name, replicas, minReadySeconds, annotations = {} } of plan.replicaSets) {
    ctx.store.modify(
      REPLICA_SETS,
      { namespace, name },
      (draft) => {
        const before = typeof draft['spec'] === 'object' && draft['spec'] !== null ? draft['spec'] : {};
        draft['spec'] = {
          ...before,
          ...(replicas === undefined ? {} : { replicas }),
          ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
        };
        const desired = replicas === undefined ? {} : { [DESIRED_REPLICAS_ANNOTATION]: String(spec.replicas ?? 1) };
        const merged: Record<string, string | null> = { ...draft.metadata.annotations, ...desired, ...annotations };
        draft.metadata.annotations = Object.fromEntries(
          Object.entries(merged).flatMap(([key, value]): [string, string][] => (value === null ? [] : [[key, value]])),
        );
      },
      { subresource: 'main' },
    );
  }
  for (const name of plan.deleteReplicaSets) ctx.store.delete(REPLICA_SETS, { namespace, name });
}

function pointService(ctx: SandboxContext, key: { namespace: string; name: string }, target: { hash: string; rollout: string }): void {
  ctx.store.modify(
    'services',
    key,
    (draft) => {
      const spec: object = typeof draft['spec'] === 'object' && draft['spec'] !== null ? draft['spec'] : {};
      const selector: unknown = Reflect.get(spec, 'selector');
      draft['spec'] = { ...spec, selector: { ...(typeof selector === 'object' ? selector : {}), [POD_HASH_LABEL]: target.hash } };
      draft.metadata.annotations = { ...draft.metadata.annotations, [MANAGED_BY_ANNOTATION]: target.rollout };
    },
    { subresource: 'main' },
  );
}
