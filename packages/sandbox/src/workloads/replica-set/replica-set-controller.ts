import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { createLevelController } from '../objects/level-controller.ts';
import { controlledBy, controllerOf, createOwnerIndex, type OwnerIndex } from '../objects/owner-index.ts';
import { createReader } from '../objects/parsed.ts';
import { planReplicaSet } from './plan-replica-set.ts';

const REPLICA_SETS = 'replicasets.apps';

const readReplicaSet = createReader(
  z.object({
    spec: z.object({
      replicas: z.number().int().nullish(),
      minReadySeconds: z.number().int().nullish(),
      template: z.object({
        metadata: z
          .object({ labels: z.record(z.string(), z.string()).nullish(), annotations: z.record(z.string(), z.string()).nullish() })
          .nullish(),
        spec: z.unknown().optional(),
      }),
    }),
    status: z.unknown().optional(),
  }),
);

/** Keeps as many pods as each ReplicaSet asks for, and counts them in its status. */
export function createReplicaSetController(ctx: SandboxContext): Controller {
  const pods = createOwnerIndex(ctx.store, 'pods');
  return createLevelController({
    name: 'replicaset',
    ctx,
    triggers: [
      { resource: REPLICA_SETS, keys: (event) => [event.object.metadata] },
      { resource: 'pods', keys: (event) => ownersOf(event.object) },
    ],
    all: () => ctx.store.list(REPLICA_SETS).map((object) => object.metadata),
    reconcile: (key) => reconcile(ctx, pods, key),
    onStop: async () => pods.close(),
  });
}

function ownersOf(pod: KubeObject): ObjectKey[] {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'ReplicaSet' || pod.metadata.namespace === undefined) return [];
  return [{ namespace: pod.metadata.namespace, name: owner.name }];
}

function reconcile(ctx: SandboxContext, pods: OwnerIndex, key: ObjectKey): Date | undefined {
  const replicaSet = ctx.store.get(REPLICA_SETS, key);
  if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) return undefined;
  const { spec, status } = readReplicaSet(replicaSet);
  const plan = planReplicaSet(
    { replicas: spec.replicas ?? 1, minReadySeconds: spec.minReadySeconds ?? 0, pods: pods.ownedBy(replicaSet.metadata.uid) },
    ctx.clock.now(),
  );
  for (const pod of plan.remove) ctx.store.delete('pods', pod.metadata);
  for (let index = 0; index < plan.createCount; index += 1) createPod(ctx, replicaSet);
  const next = { ...plan.status, observedGeneration: replicaSet.metadata.generation };
  if (!isDeepStrictEqual(status, next)) {
    ctx.store.modify(
      REPLICA_SETS,
      key,
      (draft) => {
        draft['status'] = next;
      },
      { subresource: 'status' },
    );
  }
  return plan.wakeAt;
}

function createPod(ctx: SandboxContext, replicaSet: KubeObject): void {
  const { template } = readReplicaSet(replicaSet).spec;
  ctx.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${replicaSet.metadata.name}-`,
      ...(replicaSet.metadata.namespace === undefined ? {} : { namespace: replicaSet.metadata.namespace }),
      labels: { ...template.metadata?.labels },
      annotations: { ...template.metadata?.annotations },
      ownerReferences: controlledBy(replicaSet),
    },
    spec: structuredClone(template.spec),
    status: { phase: 'Pending' },
  });
}
