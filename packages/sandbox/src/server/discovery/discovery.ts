import type { Resource } from '../../store/store.ts';
import type { ApiAnswer } from '../request.ts';
import type { JsonObject } from '../wire/json-object.ts';
import { groupsOf, subresourcesOf, verbsOf, type ApiGroup } from './groups.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The version of Kubernetes whose behaviour the sandbox follows. */
const SERVER_VERSION: JsonObject = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.2+flow.sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `${process.platform}/${process.arch}`,
};

/** Answers `/version`, `/api…` and `/apis…`; undefined for any other path. */
export function answerDiscovery(resources: readonly Resource[], pathname: string, accept: string | undefined): ApiAnswer {
  const groups = groupsOf(resources);
  const path = pathname.replace(/\/+$/, '');
  if (path === '/version') return { status: 200, body: SERVER_VERSION };
  if (path === '/api' || path === '/apis')
    return isAggregated(accept) ? aggregated(groups, path) : { status: 200, body: legacyRoot(groups, path) };
  const [, prefix, first, second, ...rest] = path.split('/');
  if (rest.length > 0) return undefined;
  if (prefix === 'api' && second === undefined) return resourceList(groups.find((group) => group.name === '' && group.version === first));
  if (prefix !== 'apis') return undefined;
  const found = groups.filter((group) => group.name === first && group.name !== '');
  if (second !== undefined) return resourceList(found.find((group) => group.version === second));
  const [group] = found;
  return group === undefined ? undefined : { status: 200, body: { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(group) } };
}

function isAggregated(accept: string | undefined): boolean {
  return (accept ?? '').includes('as=APIGroupDiscoveryList') && (accept ?? '').includes('v=v2;');
}

function aggregated(groups: readonly ApiGroup[], path: string): ApiAnswer {
  const items = groups
    .filter((group) => (path === '/api') === (group.name === ''))
    .map((group) => ({
      metadata: { name: group.name === '' ? undefined : group.name, creationTimestamp: null },
      versions: [{ version: group.version, freshness: 'Current', resources: group.resources.map(aggregatedResource) }],
    }));
  return {
    status: 200,
    contentType: AGGREGATED,
    body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items },
  };
}

function aggregatedResource(resource: Resource): JsonObject {
  return {
    resource: resource.plural,
    responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: verbsOf(resource),
    shortNames: resource.shortNames,
    categories: resource.categories,
    subresources: subresourcesOf(resource).map(({ name, kind, group, version, verbs }) => ({
      subresource: name,
      responseKind: { group, version, kind },
      verbs,
    })),
  };
}

function legacyRoot(groups: readonly ApiGroup[], path: string): JsonObject {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter((group) => group.name !== '').map(legacyGroup) };
}

function legacyGroup(group: ApiGroup): JsonObject {
  const version = { groupVersion: `${group.name}/${group.version}`, version: group.version };
  return { name: group.name, versions: [version], preferredVersion: version };
}

function resourceList(group: ApiGroup | undefined): ApiAnswer {
  if (group === undefined) return undefined;
  const resources = group.resources.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: verbsOf(resource),
      shortNames: resource.shortNames,
      categories: resource.categories,
    },
    ...subresourcesOf(resource).map(({ name, ...sub }) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      namespaced: resource.namespaced,
      ...sub,
    })),
  ]);
  const groupVersion = group.name === '' ? group.version : `${group.name}/${group.version}`;
  return { status: 200, body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources } };
}
