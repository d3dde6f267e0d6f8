import type { ClusterPurpose } from '@flow/core/cluster';
import type { Observation } from '@flow/db/observation';
import { kinds } from '@flow/delivery/cluster';
import type { ResourceKind } from '@flow/delivery/cluster';
import { projectAnalysisRun, projectPod, projectRollout } from '@flow/delivery/rollouts';
import { projectWorkflow } from '@flow/delivery/workflows';
import { z } from 'zod';

/** One kind of object that is watched in every cluster that is for its purpose. */
export interface WatchedKind {
  resource: Observation['resource'];
  kind: ResourceKind;
  purpose: ClusterPurpose;
  labelSelector: string;
  /** What is kept of an object; everything else is forgotten when it is read. */
  observe(clusterId: string, object: unknown): Observation;
}

const metadata = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  }),
});

type Observed = Pick<Observation, 'resource' | 'view'> & { release?: string };

function observation(clusterId: string, object: unknown, observed: Observed): Observation {
  const { metadata: found } = metadata.parse(object);
  return {
    tenantId: found.labels['flow.dev/tenant'] ?? null,
    clusterId,
    resource: observed.resource,
    namespace: found.namespace,
    name: found.name,
    uid: found.uid,
    resourceVersion: found.resourceVersion,
    release: observed.release ?? found.labels['app.kubernetes.io/instance'] ?? '',
    runId: found.labels['flow.dev/run'] ?? null,
    view: observed.view,
    isDeleted: false,
  };
}

function ownerOf(object: unknown, kind: string): string {
  return metadata.parse(object).metadata.ownerReferences.find((owner) => owner.kind === kind)?.name ?? '';
}

/** Rollouts and Workflows carry Flow's labels; analysis runs are made by the controller, so they are known by their owner. */
export const watchedKinds: readonly WatchedKind[] = [
  {
    resource: 'rollouts',
    kind: kinds.rollouts,
    purpose: 'releases',
    labelSelector: 'flow.dev/tenant',
    observe: (clusterId, object) =>
      observation(clusterId, object, { resource: 'rollouts', view: projectRollout(object), release: metadata.parse(object).metadata.name }),
  },
  {
    resource: 'analysisruns',
    kind: kinds.analysisRuns,
    purpose: 'releases',
    labelSelector: 'rollouts-pod-template-hash',
    observe: (clusterId, object) =>
      observation(clusterId, object, { resource: 'analysisruns', view: projectAnalysisRun(object), release: ownerOf(object, 'Rollout') }),
  },
  {
    resource: 'pods',
    kind: kinds.pods,
    purpose: 'releases',
    labelSelector: 'flow.dev/tenant,rollouts-pod-template-hash',
    // Which role the pod plays follows from the Rollout, when it is shown.
    observe: (clusterId, object) =>
      observation(clusterId, object, { resource: 'pods', view: projectPod(object, { currentPodHash: '', stablePodHash: '' }) }),
  },
  {
    resource: 'workflows',
    kind: kinds.workflows,
    purpose: 'pipelines',
    labelSelector: 'flow.dev/run',
    observe: (clusterId, object) => observation(clusterId, object, { resource: 'workflows', view: projectWorkflow(object), release: '' }),
  },
];
