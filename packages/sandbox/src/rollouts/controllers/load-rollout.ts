import { z } from 'zod';
import type { KubeObject, SandboxContext } from '../../store/index.ts';
import { createOwnerIndex, createReader, readySinceMs, type OwnerIndex } from '../../workloads/index.ts';
import { templateSpecSchema, runStatusSchema } from '../analysis/run-spec.ts';
import type { AnalysisTemplates } from '../analysis/templates.ts';
import { MANAGED_BY_ANNOTATION, POD_HASH_LABEL, REVISION_ANNOTATION, SCALE_DOWN_DEADLINE_ANNOTATION } from '../model/labels.ts';
import type { AnalysisRunView, ExperimentView, PodView, ReplicaSetView, RolloutSnapshot, ServiceView } from '../model/snapshot.ts';
import { rolloutSpecSchema, type RolloutSpec } from '../model/spec.ts';
import { fromStored, rolloutStatusSchema } from '../model/status.ts';

const readRollout = createReader(z.object({ spec: rolloutSpecSchema, status: rolloutStatusSchema.nullish() }));

const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const NO_PODS = { replicas: 0, readyReplicas: 0, availableReplicas: 0, observedGeneration: 0 };
const readReplicaSet = createReader(
  z.object({
    spec: z.object({ replicas: z.number().nullish(), minReadySeconds: count }),
    status: z
      .object({ replicas: count, readyReplicas: count, availableReplicas: count, observedGeneration: count })
      .nullish()
      .transform((value) => value ?? NO_PODS),
  }),
);
const readRun = createReader(z.object({ spec: z.object({ terminate: z.boolean().nullish() }), status: runStatusSchema.nullish() }));
const readTemplate = createReader(z.object({ spec: templateSpecSchema }));
const readService = createReader(z.object({ spec: z.object({ selector: z.record(z.string(), z.string()).nullish() }).nullish() }));

/** What belongs to Rollouts, by owner. */
export type RolloutIndexes = Record<'replicaSets' | 'analysisRuns' | 'experiments' | 'pods', OwnerIndex>;

/** Indexes that make a reconcile cost what one Rollout owns. */
export function createRolloutIndexes(ctx: SandboxContext): RolloutIndexes {
  return {
    replicaSets: createOwnerIndex(ctx.store, 'replicasets.apps'),
    analysisRuns: createOwnerIndex(ctx.store, 'analysisruns.argoproj.io'),
    experiments: createOwnerIndex(ctx.store, 'experiments.argoproj.io'),
    pods: createOwnerIndex(ctx.store, 'pods'),
  };
}

/** `spec` of the stored Rollout. */
export function readRolloutSpec(rollout: KubeObject): RolloutSpec {
  return readRollout(rollout).spec;
}

/** Everything that the decision about this Rollout looks at. */
export function loadRollout(ctx: SandboxContext, indexes: RolloutIndexes, rollout: KubeObject): RolloutSnapshot {
  const { spec, status } = readRollout(rollout);
  const { uid, namespace } = rollout.metadata;
  const replicaSets = indexes.replicaSets.ownedBy(uid).map(toReplicaSetView);
  const restarts = Boolean(spec.restartAt) && spec.restartAt !== status?.restartedAt;
  return {
    rollout,
    spec,
    status: fromStored(status),
    replicaSets,
    analysisRuns: indexes.analysisRuns.ownedBy(uid).map(toRunView),
    experiments: indexes.experiments.ownedBy(uid).map(toExperimentView),
    pods: restarts ? replicaSets.flatMap((set) => podViews(ctx, indexes, set)) : [],
    services: loadServices(ctx, namespace ?? '', spec),
    templates: loadTemplates(ctx, namespace ?? ''),
  };
}

/** The templates as they are at this moment. */
export function loadTemplates(ctx: SandboxContext, namespace: string): AnalysisTemplates {
  return {
    get: (name, clusterScope) => {
      const found = clusterScope
        ? ctx.store.get('clusteranalysistemplates.argoproj.io', { name })
        : ctx.store.get('analysistemplates.argoproj.io', { namespace, name });
      return found === undefined ? undefined : readTemplate(found).spec;
    },
  };
}

/** Names of the Services that the strategy switches. */
export function serviceNames(spec: RolloutSpec): string[] {
  const { canary, blueGreen } = spec.strategy ?? {};
  return [canary?.canaryService, canary?.stableService, blueGreen?.activeService, blueGreen?.previewService].flatMap((name) => name || []);
}

function loadServices(ctx: SandboxContext, namespace: string, spec: RolloutSpec): ReadonlyMap<string, ServiceView> {
  const services = new Map<string, ServiceView>();
  for (const name of serviceNames(spec)) {
    const service = ctx.store.get('services', { namespace, name });
    if (service === undefined) continue;
    const selector = readService(service).spec?.selector ?? {};
    services.set(name, { hash: selector[POD_HASH_LABEL] ?? '', managedBy: service.metadata.annotations?.[MANAGED_BY_ANNOTATION] });
  }
  return services;
}

/** The ReplicaSet as decisions see it. */
export function toReplicaSetView(object: KubeObject): ReplicaSetView {
  const { spec, status } = readReplicaSet(object);
  const { name, uid, labels = {}, annotations = {}, generation } = object.metadata;
  const deadline = annotations[SCALE_DOWN_DEADLINE_ANNOTATION];
  return {
    name,
    uid,
    hash: labels[POD_HASH_LABEL] ?? '',
    revision: Number(annotations[REVISION_ANNOTATION] ?? 0) || 0,
    createdAtMs: Date.parse(object.metadata.creationTimestamp),
    specReplicas: spec.replicas ?? 1,
    replicas: status.replicas,
    readyReplicas: status.readyReplicas,
    availableReplicas: status.availableReplicas,
    minReadySeconds: spec.minReadySeconds,
    scaleDownDeadlineMs: deadline === undefined ? undefined : Date.parse(deadline),
    isObserved: status.observedGeneration >= generation,
    object,
  };
}

/** The AnalysisRun as decisions see it. */
export function toRunView(object: KubeObject): AnalysisRunView {
  const { spec, status } = readRun(object);
  return {
    name: object.metadata.name,
    labels: object.metadata.labels ?? {},
    createdAtMs: Date.parse(object.metadata.creationTimestamp),
    phase: status?.phase ?? '',
    message: status?.message ?? '',
    terminate: spec.terminate === true,
  };
}

function toExperimentView(object: KubeObject): ExperimentView {
  const { labels, ...view } = toRunView(object);
  return { ...view, hash: labels[POD_HASH_LABEL] ?? '' };
}

function podViews(ctx: SandboxContext, indexes: RolloutIndexes, set: ReplicaSetView): PodView[] {
  const nowMs = ctx.clock.now().getTime();
  return indexes.pods.ownedBy(set.uid).map((pod) => {
    const readyMs = readySinceMs(pod);
    return {
      name: pod.metadata.name,
      replicaSetUid: set.uid,
      createdAtMs: Date.parse(pod.metadata.creationTimestamp),
      isAvailable: readyMs !== undefined && readyMs + set.minReadySeconds * 1000 <= nowMs,
    };
  });
}
