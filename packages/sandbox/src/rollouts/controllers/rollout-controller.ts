import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { controllerOf, createLevelController } from '../../workloads/index.ts';
import { isOurs } from '../model/is-ours.ts';
import { MANAGED_BY_ANNOTATION } from '../model/labels.ts';
import { reconcileRollout } from '../rollout/reconcile.ts';
import { applyRolloutPlan } from './apply-plan.ts';
import { createRolloutIndexes, loadRollout, readRolloutSpec, serviceNames } from './load-rollout.ts';

const ROLLOUTS = 'rollouts.argoproj.io';

/** Moves each Rollout of the cluster towards its spec. */
export function createRolloutController(ctx: SandboxContext): Controller {
  const indexes = createRolloutIndexes(ctx);
  const owner = (event: { object: KubeObject }): ObjectKey[] => ownerKeys(event.object);
  return createLevelController({
    name: 'rollout',
    ctx,
    triggers: [
      { resource: ROLLOUTS, keys: (event) => [event.object.metadata] },
      { resource: 'replicasets.apps', keys: owner },
      { resource: 'analysisruns.argoproj.io', keys: owner },
      { resource: 'experiments.argoproj.io', keys: owner },
      { resource: 'services', keys: (event) => rolloutsUsing(ctx, event.object) },
      { resource: 'analysistemplates.argoproj.io', keys: (event) => rolloutsIn(ctx, event.object.metadata.namespace) },
      { resource: 'clusteranalysistemplates.argoproj.io', keys: () => rolloutsIn(ctx, undefined) },
    ],
    all: () => rolloutsIn(ctx, undefined),
    reconcile: (key) => {
      const rollout = ctx.store.get(ROLLOUTS, key);
      if (rollout === undefined || !isOurs(rollout)) return undefined;
      const snapshot = loadRollout(ctx, indexes, rollout);
      const plan = reconcileRollout(snapshot, ctx.clock.now());
      applyRolloutPlan(ctx, snapshot, plan);
      return plan.wakeAt;
    },
    onStop: async () => {
      for (const index of Object.values(indexes)) index.close();
    },
  });
}

function ownerKeys(object: KubeObject): ObjectKey[] {
  const owner = controllerOf(object);
  if (owner?.kind !== 'Rollout' || object.metadata.namespace === undefined) return [];
  return [{ namespace: object.metadata.namespace, name: owner.name }];
}

function rolloutsIn(ctx: SandboxContext, namespace: string | undefined): ObjectKey[] {
  return ctx.store.list(ROLLOUTS, namespace).map((rollout) => rollout.metadata);
}

function rolloutsUsing(ctx: SandboxContext, service: KubeObject): ObjectKey[] {
  const { name, namespace, annotations } = service.metadata;
  const manager = annotations?.[MANAGED_BY_ANNOTATION];
  if (manager !== undefined && namespace !== undefined) return [{ namespace, name: manager }];
  const rollouts = ctx.store.list(ROLLOUTS, namespace).filter(isOurs);
  return rollouts.filter((rollout) => serviceNames(readRolloutSpec(rollout)).includes(name)).map((rollout) => rollout.metadata);
}
