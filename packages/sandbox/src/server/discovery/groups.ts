import type { Resource } from '../../store/store.ts';
import { apiVersionOf } from '../wire/present.ts';

/** What clients may do with every kind. */
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A subresource as discovery lists it. */
export interface Subresource {
  name: string;
  kind: string;
  group: string;
  version: string;
  verbs: readonly string[];
}

const SCALED = new Set(['Deployment', 'ReplicaSet', 'Rollout']);

/** The subresources of a kind. */
export function subresourcesOf(resource: Resource): Subresource[] {
  const found: Subresource[] = [];
  if (resource.statusSubresource)
    found.push({
      name: 'status',
      kind: resource.kind,
      group: resource.group,
      version: resource.version,
      verbs: ['get', 'patch', 'update'],
    });
  if (SCALED.has(resource.kind))
    found.push({ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] });
  if (resource.kind === 'Pod') {
    found.push({ name: 'log', kind: 'Pod', group: '', version: 'v1', verbs: ['get'] });
    found.push({ name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] });
  }
  return found;
}

/** A group with the one version that is served. */
export interface ApiGroup {
  name: string;
  version: string;
  resources: Resource[];
}

/** Groups in the order of the catalogue, the core group first. Reviews stand in groups that hold no objects. */
export function groupsOf(resources: readonly Resource[]): ApiGroup[] {
  const groups = new Map<string, ApiGroup>();
  for (const resource of resources) {
    const key = apiVersionOf(resource);
    const group = groups.get(key) ?? { name: resource.group, version: resource.version, resources: [] };
    group.resources.push(resource);
    groups.set(key, group);
  }
  return [...groups.values(), ...REVIEW_GROUPS];
}

function review(group: string, kind: string): Resource {
  return {
    group,
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [],
    namespaced: false,
    statusSubresource: false,
    categories: [],
  };
}

const REVIEW_GROUPS: readonly ApiGroup[] = [
  {
    name: 'authorization.k8s.io',
    version: 'v1',
    resources: ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'].map((kind) => review('authorization.k8s.io', kind)),
  },
  { name: 'authentication.k8s.io', version: 'v1', resources: [review('authentication.k8s.io', 'SelfSubjectReview')] },
];

/** Verbs of a resource as discovery lists them. */
export function verbsOf(resource: Resource): readonly string[] {
  return resource.kind.startsWith('SelfSubject') ? ['create'] : VERBS;
}
