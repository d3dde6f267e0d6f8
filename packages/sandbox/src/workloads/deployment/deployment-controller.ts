import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { labelSelectorSchema } from '../objects/label-selector.ts';
import { createLevelController } from '../objects/level-controller.ts';
import { controlledBy, controllerOf, createOwnerIndex, type OwnerIndex } from '../objects/owner-index.ts';
import { createReader } from '../objects/parsed.ts';
import { deploymentStatus } from './deployment-status.ts';
import { deploymentFences, scaleDeployment, type DeploymentSet } from './plan-deployment.ts';

const DEPLOYMENTS = 'deployments.apps';
const REPLICA_SETS = 'replicasets.apps';
const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

const strings = z.record(z.string(), z.string());
const intOrString = z.union([z.number().int(), z.string()]);
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

const readDeployment = createReader(
  z.object({
    spec: z.object({
      replicas: z.number().int().nullish(),
      paused: z.boolean().nullish(),
      minReadySeconds: z.number().int().nullish(),
      progressDeadlineSeconds: z.number().int().nullish(),
      revisionHistoryLimit: z.number().int().nullish(),
      selector: labelSelectorSchema,
      strategy: z
        .object({
          type: z.enum(['RollingUpdate', 'Recreate']).nullish(),
          rollingUpdate: z.object({ maxSurge: intOrString.nullish(), maxUnavailable: intOrString.nullish() }).nullish(),
        })
        .nullish(),
      template: z.object({
        metadata: z.object({ labels: strings.nullish(), annotations: strings.nullish() }).nullish(),
        spec: z.unknown().optional(),
      }),
    }),
    status: z
      .object({
        replicas: count,
        updatedReplicas: count,
        readyReplicas: count,
        availableReplicas: count,
        unavailableReplicas: count,
        conditions: z
          .array(
            z.object({
              type: z.string(),
              status: z.string(),
              reason: z.string(),
              message: z.string(),
              lastUpdateTime: z.string(),
              lastTransitionTime: z.string(),
            }),
          )
          .nullish(),
      })
      .nullish(),
  }),
);
type Deployment = ReturnType<typeof readDeployment>;

const readReplicaSet = createReader(
  z.object({
    spec: z.object({ replicas: z.number().nullish() }),
    status: z.object({ replicas: count, readyReplicas: count, availableReplicas: count }).nullish(),
  }),
);

/** Rolls Deployments out through ReplicaSets. */
export function createDeploymentController(ctx: SandboxContext): Controller {
  const replicaSets = createOwnerIndex(ctx.store, REPLICA_SETS);
  return createLevelController({
    name: 'deployment',
    ctx,
    triggers: [
      { resource: DEPLOYMENTS, keys: (event) => [event.object.metadata] },
      { resource: REPLICA_SETS, keys: (event) => ownerKeys(event.object) },
    ],
    all: () => ctx.store.list(DEPLOYMENTS).map((deployment) => deployment.metadata),
    reconcile: (key) => reconcile(ctx, replicaSets, key),
    onStop: async () => replicaSets.close(),
  });
}

function ownerKeys(object: KubeObject): ObjectKey[] {
  const owner = controllerOf(object);
  if (owner?.kind !== 'Deployment' || object.metadata.namespace === undefined) return [];
  return [{ namespace: object.metadata.namespace, name: owner.name }];
}

function reconcile(ctx: SandboxContext, index: OwnerIndex, key: ObjectKey): Date | undefined {
  const deployment = ctx.store.get(DEPLOYMENTS, key);
  if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
  const parsed = readDeployment(deployment);
  const { spec } = parsed;
  const hash = templateHash(spec.template);
  const owned = index.ownedBy(deployment.metadata.uid);
  const fresh = owned.find((set) => set.metadata.labels?.[HASH_LABEL] === hash);
  if (fresh === undefined && spec.paused !== true) {
    createReplicaSet(ctx, deployment, { hash, revision: maxRevision(owned) + 1 });
    return undefined;
  }
  if (fresh !== undefined) syncRevision(ctx, deployment, { fresh, owned });
  const sets = owned.map((set) => toSet(set, hash));
  scale(ctx, { deployment, parsed, sets });
  trimHistory(ctx, { deployment, parsed, sets });
  return writeStatus(ctx, { deployment, parsed, sets, owned });
}

function toSet(object: KubeObject, hash: string): DeploymentSet {
  const { spec, status } = readReplicaSet(object);
  return {
    name: object.metadata.name,
    isNew: object.metadata.labels?.[HASH_LABEL] === hash,
    specReplicas: spec.replicas ?? 1,
    replicas: status?.replicas ?? 0,
    availableReplicas: status?.availableReplicas ?? 0,
    createdAtMs: Date.parse(object.metadata.creationTimestamp),
  };
}

interface Loaded {
  deployment: KubeObject;
  parsed: Deployment;
  sets: readonly DeploymentSet[];
}

function scale(ctx: SandboxContext, { deployment, parsed, sets }: Loaded): void {
  const { spec } = parsed;
  const replicas = spec.replicas ?? 1;
  const fences = deploymentFences(replicas, spec.strategy?.rollingUpdate ?? {});
  const sizes =
    spec.paused === true
      ? new Map<string, number>()
      : scaleDeployment({ replicas, strategy: spec.strategy?.type ?? 'RollingUpdate', ...fences, sets });
  for (const set of sets) {
    const size = sizes.get(set.name);
    if (size === undefined || size === set.specReplicas) continue;
    ctx.store.modify(
      REPLICA_SETS,
      { namespace: deployment.metadata.namespace ?? '', name: set.name },
      (draft) => {
        const before = typeof draft['spec'] === 'object' && draft['spec'] !== null ? draft['spec'] : {};
        draft['spec'] = { ...before, replicas: size };
      },
      { subresource: 'main' },
    );
  }
}

function trimHistory(ctx: SandboxContext, { deployment, parsed, sets }: Loaded): void {
  const empty = sets
    .filter((set) => !set.isNew && set.specReplicas === 0 && set.replicas === 0)
    .toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  const surplus = Math.max(0, empty.length - (parsed.spec.revisionHistoryLimit ?? 10));
  for (const { name } of empty.slice(0, surplus)) ctx.store.delete(REPLICA_SETS, { namespace: deployment.metadata.namespace ?? '', name });
}

function writeStatus(ctx: SandboxContext, loaded: Loaded & { owned: readonly KubeObject[] }): Date | undefined {
  const { deployment, parsed, sets, owned } = loaded;
  const replicas = parsed.spec.replicas ?? 1;
  const { conditions, ...counts } = parsed.status ?? {};
  const { status, wakeAt } = deploymentStatus(
    {
      name: deployment.metadata.name,
      generation: deployment.metadata.generation,
      replicas,
      maxUnavailable: deploymentFences(replicas, parsed.spec.strategy?.rollingUpdate ?? {}).maxUnavailable,
      progressDeadlineS: parsed.spec.progressDeadlineSeconds ?? 600,
      isPaused: parsed.spec.paused === true,
      sets,
      readyReplicas: owned.reduce((sum, set) => sum + (readReplicaSet(set).status?.readyReplicas ?? 0), 0),
      before: { conditions: conditions ?? [], counts: JSON.stringify(counts) },
    },
    ctx.clock.now(),
  );
  if (!isDeepStrictEqual(deployment['status'], status)) {
    ctx.store.modify(
      DEPLOYMENTS,
      deployment.metadata,
      (draft) => {
        draft['status'] = status;
      },
      { subresource: 'status' },
    );
  }
  return wakeAt;
}

function templateHash(template: unknown): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
}

function maxRevision(sets: readonly KubeObject[]): number {
  return Math.max(0, ...sets.map((set) => Number(set.metadata.annotations?.[REVISION] ?? 0) || 0));
}

function createReplicaSet(ctx: SandboxContext, deployment: KubeObject, made: { hash: string; revision: number }): void {
  const { spec } = readDeployment(deployment);
  const labels = { ...spec.template.metadata?.labels, [HASH_LABEL]: made.hash };
  const name = `${deployment.metadata.name}-${made.hash}`;
  const namespace = deployment.metadata.namespace ?? '';
  const existing = ctx.store.get(REPLICA_SETS, { namespace, name });
  if (existing !== undefined && controllerOf(existing)?.uid !== deployment.metadata.uid)
    ctx.store.delete(REPLICA_SETS, { namespace, name });
  ctx.store.create(REPLICA_SETS, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace, labels, annotations: { [REVISION]: String(made.revision) }, ownerReferences: controlledBy(deployment) },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH_LABEL]: made.hash } },
      template: { metadata: { ...spec.template.metadata, labels }, spec: spec.template.spec },
    },
  });
}

/** A template that comes back gets the next revision. */
function syncRevision(
  ctx: SandboxContext,
  deployment: KubeObject,
  { fresh, owned }: { fresh: KubeObject; owned: readonly KubeObject[] },
): void {
  const known = Number(fresh.metadata.annotations?.[REVISION] ?? 0) || 0;
  const revision = String(Math.max(known, maxRevision(owned.filter((set) => set !== fresh)) + 1));
  const annotate = (draft: KubeObject): void | false => {
    if (draft.metadata.annotations?.[REVISION] === revision) return false;
    draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: revision };
    return undefined;
  };
  ctx.store.modify(REPLICA_SETS, fresh.metadata, annotate, { subresource: 'main' });
  ctx.store.modify(DEPLOYMENTS, deployment.metadata, annotate, { subresource: 'main' });
}
