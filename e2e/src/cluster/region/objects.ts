import type { ClusterClient, ObjectRef, ResourceKind } from '@flow/delivery/cluster';
import { stringify } from 'yaml';
import { nodeName } from './credentials.ts';
import type { Region } from '../regions.ts';
import { workflowTaint } from '../parts/node.ts';
import { ClusterRefused } from '../refused.ts';
import { flowAccess } from './flow-access.ts';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata?: { name: string; namespace?: string; [more: string]: unknown } | undefined;
  [more: string]: unknown;
}

const manager = 'flow-test-cluster';
const modelledNodes = 6;
const podsPerNode = 1000;

const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  Node: 'nodes',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  CustomResourceDefinition: 'customresourcedefinitions',
};

/** Applies objects in their order; each is a kind that is set up here. */
export async function applyAll(client: ClusterClient, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) {
    const ref = refOf(manifest);
    const answer = await client.patch(ref, { type: 'apply', body: manifest, fieldManager: manager, force: true });
    if (!answer.ok) throw new ClusterRefused(`${manifest.kind} ${ref.name} was not accepted: ${answer.detail}`);
  }
}

/** Applies one object that is in no namespace, or creates it where it is new: for a definition of a megabyte that costs the server half the time. */
export async function createOrApply(client: ClusterClient, manifest: Manifest): Promise<void> {
  const made = await client.create({ kind: kindOf(manifest) }, manifest, manager);
  if (made.ok) return;
  if (made.reason !== 'AlreadyExists')
    throw new ClusterRefused(`${manifest.kind} ${refOf(manifest).name} was not accepted: ${made.detail}`);
  await applyAll(client, [manifest]);
}

function refOf(manifest: Manifest): ObjectRef {
  const { name, namespace } = manifest.metadata ?? { name: '' };
  return { kind: kindOf(manifest), name, ...(namespace === undefined ? {} : { namespace }) };
}

function kindOf(manifest: Manifest): ResourceKind {
  const plural = plurals[manifest.kind];
  if (plural === undefined) throw new ClusterRefused(`A ${manifest.kind} is not set up here: add it to the kinds in region/objects.ts.`);
  const [group, version] = manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/') : ['', manifest.apiVersion];
  return { group: group ?? '', version: version ?? '', plural, kind: manifest.kind };
}

/** What every region has: namespaces of the engines, modelled nodes, Flow's own account; with workflows also their settings. */
export function baseObjects(region: Region): Manifest[] {
  return [
    ...['argo-rollouts', ...(region.runsWorkflows ? ['argo'] : [])].map((name) => object('v1', 'Namespace', { name })),
    ...Array.from({ length: modelledNodes }, (_unused, index) => modelledNode(index)),
    ...flowAccess(region),
    ...(region.runsWorkflows ? [workflowSettings(region)] : []),
  ];
}

function object(apiVersion: string, kind: string, metadata: { name: string; namespace?: string; [more: string]: unknown }): Manifest {
  return { apiVersion, kind, metadata };
}

function modelledNode(index: number): Manifest {
  const size = { cpu: '1000', memory: '4Ti', pods: String(podsPerNode) };
  return {
    ...object('v1', 'Node', {
      name: `modelled-${index}`,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': `modelled-${index}`, 'kubernetes.io/os': 'linux', type: 'kwok' },
    }),
    status: { allocatable: size, capacity: size },
  };
}

/** Pods of workflows go to the node with containers, on the host's network: there is no other. */
function workflowSettings(region: Region): Manifest {
  return {
    ...object('v1', 'ConfigMap', { name: 'workflow-controller-configmap', namespace: 'argo' }),
    data: {
      workflowDefaults: stringify({
        spec: {
          hostNetwork: true,
          tolerations: [{ ...workflowTaint, operator: 'Equal' }],
          nodeSelector: { 'kubernetes.io/hostname': nodeName(region) },
        },
      }),
      executor: stringify({ imagePullPolicy: 'IfNotPresent', resources: { requests: { cpu: '10m', memory: '16Mi' } } }),
      nodeEvents: stringify({ enabled: false }),
      workflowEvents: stringify({ enabled: false }),
      metricsConfig: stringify({ enabled: true, path: '/metrics', port: 19_090 }),
    },
  };
}
