import type { NewObject } from '../../store/object.ts';
import type { Resource, Store } from '../../store/store.ts';
import { toTime } from '../../store/metadata.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public'];

/** Puts in what every cluster has from the beginning: its namespaces, one modelled node, the engines' own kinds. */
export function ensureClusterObjects(store: Store, cluster: { region: string; now: Date }): void {
  for (const name of NAMESPACES) ensure(store, 'namespaces', namespaceObject(name));
  for (const namespace of NAMESPACES)
    ensure(store, 'serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'default' } });
  ensure(store, 'nodes', nodeObject(cluster));
  for (const resource of store.resources.filter((one) => one.group === 'argoproj.io')) {
    ensure(store, 'customresourcedefinitions.apiextensions.k8s.io', definitionOf(resource, cluster.now));
  }
}

function ensure(store: Store, resource: string, object: NewObject): void {
  const key = {
    name: object.metadata.name ?? '',
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  };
  if (store.get(resource, key) === undefined) store.create(resource, object);
}

function namespaceObject(name: string): NewObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

/** The machine that runs the sandbox, as a node with room for what is modelled on it. */
function nodeObject(cluster: { region: string; now: Date }): NewObject {
  const room = { cpu: '1000', memory: '4Ti', pods: '100000' };
  const time = toTime(cluster.now);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'sandbox',
      labels: { 'kubernetes.io/hostname': 'sandbox', 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/region': cluster.region },
    },
    spec: {},
    status: {
      capacity: room,
      allocatable: room,
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: 'sandbox' },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'SandboxReady',
          message: 'pods run as local processes',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.35.2+flow.sandbox',
        operatingSystem: 'linux',
        architecture: process.arch,
        osImage: 'Flow sandbox',
        containerRuntimeVersion: 'process://1',
      },
    },
  };
}

function definitionOf(resource: Resource, now: Date): NewObject {
  const names = {
    plural: resource.plural,
    singular: resource.singular,
    kind: resource.kind,
    listKind: `${resource.kind}List`,
    shortNames: resource.shortNames,
  };
  const established = { status: 'True', reason: 'Served', message: 'served by the sandbox', lastTransitionTime: toTime(now) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${resource.plural}.${resource.group}` },
    spec: {
      group: resource.group,
      names,
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: resource.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          subresources: resource.statusSubresource ? { status: {} } : {},
        },
      ],
    },
    status: {
      acceptedNames: names,
      storedVersions: [resource.version],
      conditions: [
        { type: 'NamesAccepted', ...established },
        { type: 'Established', ...established },
      ],
    },
  };
}
