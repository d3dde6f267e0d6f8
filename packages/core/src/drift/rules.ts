import { isObject } from './json.ts';
import type { FieldPath } from './path.ts';

/** Where in an object something stands. */
export interface Place {
  /** Kind of the object. */
  kind: string;
  path: FieldPath;
}

/** Managers of fields that are part of how a release runs: a controller of Kubernetes (an autoscaler is one) and the controller of the Rollouts. */
const engines: ReadonlySet<string> = new Set(['kube-controller-manager', 'rollouts-controller', 'argo-rollouts']);

/** Whether an engine wrote it. */
export function isEngine(manager: string): boolean {
  return engines.has(manager);
}

/** What Argo Rollouts and Flow steer while a canary moves. */
const steered: ReadonlySet<string> = new Set(['paused', 'restartAt']);
const podHash = 'rollouts-pod-template-hash';
const ownMarks =
  /^(?:rollout\.argoproj\.io|argo-rollouts\.argoproj\.io|deployment\.kubernetes\.io|autoscaling\.alpha\.kubernetes\.io|meta\.helm\.sh)\//;

/** Whether an engine owns the field, whoever wrote it last. */
export function isEngineOwned({ kind, path }: Place, isAutoscaled: boolean): boolean {
  const [root, field, last] = path;
  if (root === 'metadata' && typeof last === 'string') {
    // Helm writes this label itself, over the one of the chart.
    return last === 'app.kubernetes.io/managed-by' || ownMarks.test(last);
  }
  if (root !== 'spec' || path.length === 1) return false;
  if (field === 'replicas' && path.length === 2) return isAutoscaled;
  if (field === 'selector' && kind === 'Service') return last === podHash;
  return kind === 'Rollout' && typeof field === 'string' && steered.has(field);
}

/** Parts to which the server adds nothing by itself: what is found there beyond what was deployed was put there by somebody. */
const closed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ConfigMap: [['data'], ['binaryData']],
  Secret: [['data']],
  Service: [['spec', 'selector']],
  Ingress: [
    ['spec', 'rules'],
    ['spec', 'tls'],
  ],
  NetworkPolicy: [
    ['spec', 'podSelector'],
    ['spec', 'ingress'],
    ['spec', 'egress'],
  ],
  PodDisruptionBudget: [['spec', 'selector']],
  AnalysisTemplate: [['spec']],
  Rollout: [['spec', 'strategy']],
};

function isClosed({ kind, path }: Place): boolean {
  return (closed[kind] ?? []).some((part) => part.every((step, index) => path[index] === step));
}

const ofPod: ReadonlySet<string> = new Set([
  'initContainers',
  'volumes',
  'nodeSelector',
  'tolerations',
  'affinity',
  'hostAliases',
  'hostNetwork',
  'hostPID',
  'hostIPC',
]);
const ofContainer: ReadonlySet<string> = new Set([
  'env',
  'envFrom',
  'command',
  'args',
  'volumeMounts',
  'lifecycle',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
]);

/** Whether a field that was not deployed is told when it is found. Elsewhere it may well be a default of the server. */
export function isTold({ kind, path }: Place, field: string, found: unknown): boolean {
  if (isEmpty(found)) return false;
  // A default of the schema, wherever ports are.
  if (field === 'protocol' && found === 'TCP') return false;
  if (isClosed({ kind, path: [...path, field] })) return true;
  if (path.at(-2) === 'template' && path.at(-1) === 'spec') return ofPod.has(field);
  const list = path.at(-2);
  return (list === 'containers' || list === 'initContainers') && ofContainer.has(field);
}

/** The field by which the items of a list are told apart; null for a list whose items are what they are by their place. */
export function keyOfList({ kind, path }: Place, list: readonly unknown[]): string | null {
  switch (path.at(-1)) {
    case 'containers':
    case 'initContainers':
    case 'env':
    case 'volumes':
    case 'imagePullSecrets':
      return 'name';
    case 'volumeMounts':
      return 'mountPath';
    case 'ports':
      if (kind === 'Service') return 'port';
      return list.every((item) => isObject(item) && 'containerPort' in item) ? 'containerPort' : null;
    default:
      return null;
  }
}

const amounts: ReadonlySet<unknown> = new Set(['limits', 'requests', 'hard']);
const amount: ReadonlySet<unknown> = new Set(['sizeLimit', 'averageValue', 'storage']);

/** Whether an amount stands here, which the server may write in another form. */
export function isAmount(path: FieldPath): boolean {
  return amount.has(path.at(-1)) || amounts.has(path.at(-2));
}

const leftOut: ReadonlySet<unknown> = new Set([
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'stdin',
  'stdinOnce',
  'tty',
  'readOnly',
  'paused',
  'publishNotReadyAddresses',
  'initialDelaySeconds',
  'minReadySeconds',
]);
const allocated: ReadonlySet<unknown> = new Set(['nodePort', 'healthCheckNodePort']);

/** Whether the server keeps nothing of a value that was deployed, since it is what holds without it. */
export function isLeftOut(path: FieldPath, wanted: unknown): boolean {
  return (wanted === false || wanted === 0) && leftOut.has(path.at(-1));
}

/** Whether a value that was deployed says no more than leaving it out: the server forgets it, or fills it in. */
export function saysNothing({ path }: Pick<Place, 'path'>, wanted: unknown): boolean {
  if (wanted === 0) return allocated.has(path.at(-1));
  // `pause: {}` is a step, and `emptyDir: {}` a volume.
  if (isObject(wanted)) return isEmpty(wanted) && typeof path.at(-2) === 'string';
  if (wanted === '') return path.at(-1) !== 'value' && path.at(-2) !== 'data';
  return isEmpty(wanted);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
