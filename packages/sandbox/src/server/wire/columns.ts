import type { KubeObject } from '../../store/object.ts';
import { humanDuration } from './duration.ts';
import { isJsonObject, listAt, numberAt, objectAt, textAt, valueAt } from './json-object.ts';

/** One column of `kubectl get`. Priority 1 is shown only with `-o wide`. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'date';
  priority?: number;
  cell: (object: KubeObject, now: Date) => string | number;
}

const NAME: Column = { name: 'Name', type: 'string', cell: (object) => object.metadata.name };
const AGE: Column = { name: 'Age', type: 'string', cell: (object, now) => ageOf(object.metadata.creationTimestamp, now) };

/** The columns of each kind, as Kubernetes and the engines' own CRDs declare them. */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    { name: 'Ready', type: 'string', cell: readyContainers },
    { name: 'Status', type: 'string', cell: podStatus },
    { name: 'Restarts', type: 'string', cell: (pod) => sumRestarts(pod) },
    AGE,
    wide('IP', (pod) => textAt(pod, 'status', 'podIP') || '<none>'),
    wide('Node', (pod) => textAt(pod, 'spec', 'nodeName') || '<none>'),
  ],
  Namespace: [text('Status', 'status', 'phase'), AGE],
  Node: [
    { name: 'Status', type: 'string', cell: () => 'Ready' },
    { name: 'Roles', type: 'string', cell: () => '<none>' },
    AGE,
    text('Version', 'status', 'nodeInfo', 'kubeletVersion'),
  ],
  Service: [
    text('Type', 'spec', 'type'),
    { name: 'Cluster-IP', type: 'string', cell: (service) => textAt(service, 'spec', 'clusterIP') || '<none>' },
    { name: 'External-IP', type: 'string', cell: () => '<none>' },
    { name: 'Port(s)', type: 'string', cell: servicePorts },
    AGE,
    wide('Selector', (service) => labelText(valueAt(service, 'spec', 'selector'))),
  ],
  ConfigMap: [{ name: 'Data', type: 'integer', cell: countData }, AGE],
  Secret: [text('Type', 'type'), { name: 'Data', type: 'integer', cell: countData }, AGE],
  ServiceAccount: [{ name: 'Secrets', type: 'integer', cell: (account) => listAt(account, 'secrets').length }, AGE],
  Event: [
    {
      name: 'Last Seen',
      type: 'string',
      cell: (event, now) => ageOf(textAt(event, 'lastTimestamp') || event.metadata.creationTimestamp, now),
    },
    text('Type', 'type'),
    text('Reason', 'reason'),
    {
      name: 'Object',
      type: 'string',
      cell: (event) => `${textAt(event, 'involvedObject', 'kind').toLowerCase()}/${textAt(event, 'involvedObject', 'name')}`,
    },
    text('Message', 'message'),
  ],
  Deployment: [
    {
      name: 'Ready',
      type: 'string',
      cell: (object) => `${numberAt(object, ['status', 'readyReplicas'])}/${numberAt(object, ['spec', 'replicas'], 1)}`,
    },
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
    AGE,
  ],
  ReplicaSet: [
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    AGE,
  ],
  Job: [
    { name: 'Status', type: 'string', cell: jobStatus },
    {
      name: 'Completions',
      type: 'string',
      cell: (job) => `${numberAt(job, ['status', 'succeeded'])}/${numberAt(job, ['spec', 'completions'], 1)}`,
    },
    AGE,
  ],
  Rollout: [
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
    AGE,
  ],
  AnalysisRun: [text('Status', 'status', 'phase'), AGE],
  Experiment: [text('Status', 'status', 'phase'), AGE],
  Workflow: [
    text('Status', 'status', 'phase'),
    {
      name: 'Age',
      type: 'string',
      cell: (workflow, now) => (textAt(workflow, 'status', 'startedAt') === '' ? '' : ageOf(textAt(workflow, 'status', 'startedAt'), now)),
    },
    text('Message', 'status', 'message'),
  ],
  CustomResourceDefinition: [{ name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp }],
};

/** The columns of a kind, beginning with the name. A kind that has none of its own shows name and age. */
export function columnsOf(kind: string): readonly Column[] {
  return [NAME, ...(COLUMNS[kind] ?? [AGE])];
}

function text(name: string, ...path: string[]): Column {
  return { name, type: 'string', cell: (object) => textAt(object, ...path) };
}

function wide(name: string, cell: (object: KubeObject) => string): Column {
  return { name, type: 'string', priority: 1, cell };
}

function count(name: string, ...path: string[]): Column {
  return { name, type: 'integer', cell: (object) => numberAt(object, path) };
}

function ageOf(time: string, now: Date): string {
  return humanDuration(now.getTime() - Date.parse(time));
}

function readyContainers(pod: KubeObject): string {
  const statuses = listAt(pod, 'status', 'containerStatuses');
  return `${statuses.filter((status) => valueAt(status, 'ready') === true).length}/${listAt(pod, 'spec', 'containers').length}`;
}

/** The reason a container waits or ended says more than the phase. */
function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const status of listAt(pod, 'status', 'containerStatuses')) {
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    const terminated = textAt(status, 'state', 'terminated', 'reason');
    if (waiting !== '') return waiting;
    if (terminated !== '') return terminated;
  }
  return textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase');
}

function sumRestarts(pod: KubeObject): string {
  let sum = 0;
  for (const status of listAt(pod, 'status', 'containerStatuses')) sum += numberAt(status, ['restartCount']);
  return String(sum);
}

function servicePorts(service: KubeObject): string {
  const ports = listAt(service, 'spec', 'ports').map((port) => `${textAt(port, 'port')}/${textAt(port, 'protocol') || 'TCP'}`);
  return ports.length === 0 ? '<none>' : ports.join(',');
}

function countData(object: KubeObject): number {
  return Object.keys(objectAt(object, 'data')).length + Object.keys(objectAt(object, 'binaryData')).length;
}

function labelText(labels: unknown): string {
  if (!isJsonObject(labels)) return '<none>';
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}

function jobStatus(job: KubeObject): string {
  for (const condition of listAt(job, 'status', 'conditions')) {
    if (textAt(condition, 'status') === 'True') return textAt(condition, 'type');
  }
  return 'Running';
}
