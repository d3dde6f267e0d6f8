import type { ClusterPurpose } from '@flow/core/cluster';
import { kinds, releaseKinds, type ObjectRef, type ResourceKind } from '../cluster/index.ts';

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'bind'] as const;
export type Verb = (typeof verbs)[number];

/** Something that Flow does in a cluster. */
export interface Right {
  purpose: ClusterPurpose;
  kind: ResourceKind;
  subresource?: ObjectRef['subresource'];
  /** The one object that it is about; all of them when it is left out. */
  name?: string;
  verbs: readonly Verb[];
  /** What for, for whoever grants it. */
  why: string;
}

/**
 * The role by which the executor in a pod of a pipeline reports what a step gave. In each namespace that it makes for pipelines, Flow makes an account of this
 * name for the pods and binds the role to it.
 */
export const executorRoleName = 'flow-workflow-executor';

/**
 * All that Flow does in clusters, and nothing else: what it asks for in a test of a cluster and the roles that are granted to it both come from here.
 * Reading the version and what an API offers is open to every account of a cluster.
 */
export const rights: readonly Right[] = [
  { purpose: 'pipelines', kind: kinds.namespaces, verbs: ['create'], why: 'to make the namespace of a tenant’s pipelines' },
  { purpose: 'pipelines', kind: kinds.serviceAccounts, verbs: ['create'], why: 'to make the account of its pods' },
  { purpose: 'pipelines', kind: kinds.roleBindings, verbs: ['create'], why: 'to let the executors in those pods report' },
  {
    purpose: 'pipelines',
    kind: kinds.clusterRoles,
    name: executorRoleName,
    verbs: ['get', 'bind'],
    why: 'to look for the role of the executors, and to bind no other one',
  },
  {
    purpose: 'pipelines',
    kind: kinds.workflows,
    verbs: ['get', 'list', 'watch', 'create', 'patch'],
    why: 'to run pipelines, follow them, settle their gates and stop them',
  },
  { purpose: 'pipelines', kind: kinds.pods, verbs: ['get'], why: 'to see whether a step has begun' },
  { purpose: 'pipelines', kind: kinds.pods, subresource: 'log', verbs: ['get'], why: 'to show the logs of steps' },
  { purpose: 'pipelines', kind: kinds.deployments, verbs: ['get'], why: 'to read the version of the controller' },

  { purpose: 'releases', kind: kinds.namespaces, verbs: ['create'], why: 'to make the namespace of a target' },
  {
    purpose: 'releases',
    kind: kinds.secrets,
    verbs: ['get', 'list', 'create', 'update', 'delete'],
    why: 'to let Helm keep its releases',
  },
  ...releaseKinds.map((kind): Right => ({
    purpose: 'releases',
    kind,
    verbs: ['get', 'create', 'patch', 'delete'],
    why: 'to let Helm write what a release holds',
  })),
  { purpose: 'releases', kind: kinds.jobs, verbs: ['list', 'watch'], why: 'to let Helm wait for the hooks of a release' },
  { purpose: 'releases', kind: kinds.rollouts, verbs: ['list', 'watch'], why: 'to follow canaries' },
  { purpose: 'releases', kind: kinds.rollouts, subresource: 'status', verbs: ['patch'], why: 'to promote, skip and abort' },
  { purpose: 'releases', kind: kinds.analysisRuns, verbs: ['list', 'watch'], why: 'to show what a canary measures' },
  { purpose: 'releases', kind: kinds.pods, verbs: ['list', 'watch'], why: 'to show the pods of a canary' },
  { purpose: 'releases', kind: kinds.resourceQuotas, verbs: ['list'], why: 'to tell whether a namespace has room for the way back' },
];

/** What is granted on one resource: the verbs of all rights on it, with the reasons. */
export interface Grant {
  kind: ResourceKind;
  /** As a role names it: `rollouts`, `rollouts/status`. */
  resource: string;
  subresource?: ObjectRef['subresource'];
  name?: string;
  verbs: readonly Verb[];
  whys: readonly string[];
}

/** The rights of these purposes, one grant for each resource. */
export function grantsFor(purposes: readonly ClusterPurpose[]): Grant[] {
  const byResource = new Map<string, Right[]>();
  for (const right of rights.filter((one) => purposes.includes(one.purpose))) {
    const key = `${right.kind.group}/${resourceOf(right)}/${right.name ?? ''}`;
    byResource.set(key, [...(byResource.get(key) ?? []), right]);
  }
  return [...byResource.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { kind, subresource, name } = first;
    return [
      {
        kind,
        resource: resourceOf(first),
        ...(subresource === undefined ? {} : { subresource }),
        ...(name === undefined ? {} : { name }),
        verbs: verbs.filter((verb) => same.some((right) => right.verbs.includes(verb))),
        whys: [...new Set(same.map((right) => right.why))],
      },
    ];
  });
}

function resourceOf({ kind, subresource }: Right): string {
  return subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
}
