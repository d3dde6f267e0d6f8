import { type KubeObject, type SandboxContext, toTime } from '../../store/index.ts';
import { containerNames, readPodStatus } from './pod-view.ts';

/** The one node of a sandbox cluster. */
const NODE_NAME = 'sandbox';

export type ContainerState =
  | { waiting: { reason: string; message?: string } }
  | { running: { startedAt: string } }
  | { terminated: { exitCode: number; reason: string; message?: string; startedAt: string; finishedAt: string } };

/** What the kubelet now knows about a pod. */
export interface Observed {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  state: ContainerState;
  isReady: boolean;
  restartCount?: number;
  lastState?: ContainerState;
  /** Of the pod, not of its container: `DeadlineExceeded`, … */
  reason?: string;
  message?: string;
  podIP?: string;
  imageID?: string;
  annotations?: Record<string, string>;
}

/** Writes what is known about a pod, as a kubelet writes it. Nothing happens when the pod has gone. */
export function writePodStatus(ctx: SandboxContext, pod: KubeObject, observed: Observed): void {
  const { name, namespace, uid } = pod.metadata;
  ctx.store.modify('pods', { name, ...(namespace === undefined ? {} : { namespace }) }, (draft) => {
    if (draft.metadata.uid !== uid) return false;
    if (observed.annotations !== undefined) draft.metadata.annotations = { ...draft.metadata.annotations, ...observed.annotations };
    draft['spec'] = { ...objectOf(draft['spec']), nodeName: NODE_NAME };
    draft['status'] = statusOf(draft, observed, ctx.clock.now());
    return undefined;
  });
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function statusOf(pod: KubeObject, observed: Observed, now: Date): Record<string, unknown> {
  const before = readPodStatus(pod);
  const isOver = observed.phase === 'Succeeded' || observed.phase === 'Failed';
  const conditions = [
    { type: 'PodReadyToStartContainers', isTrue: !isOver },
    { type: 'Initialized', isTrue: true },
    { type: 'Ready', isTrue: observed.isReady },
    { type: 'ContainersReady', isTrue: observed.isReady },
    { type: 'PodScheduled', isTrue: true },
  ].map(({ type, isTrue }) => {
    const status = isTrue ? 'True' : 'False';
    const known = before.conditions.find((one) => one.type === type);
    const lastTransitionTime = known?.status === status ? (known.lastTransitionTime ?? toTime(now)) : toTime(now);
    return { type, status, lastProbeTime: null, lastTransitionTime, ...reasonOf(type, isTrue, observed.phase) };
  });
  return {
    phase: observed.phase,
    ...(observed.reason === undefined ? {} : { reason: observed.reason }),
    ...(observed.message === undefined ? {} : { message: observed.message }),
    conditions,
    hostIP: '127.0.0.1',
    ...(observed.podIP === undefined ? {} : { podIP: observed.podIP, podIPs: [{ ip: observed.podIP }] }),
    startTime: before.startTime ?? toTime(now),
    containerStatuses: containerNames(pod).map((name, index) => containerStatus(pod, observed, { name, index })),
    qosClass: 'BestEffort',
  };
}

function reasonOf(type: string, isTrue: boolean, phase: Observed['phase']): { reason?: string } {
  if (isTrue || (type !== 'Ready' && type !== 'ContainersReady')) return {};
  if (phase === 'Succeeded') return { reason: 'PodCompleted' };
  return { reason: phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady' };
}

function containerStatus(pod: KubeObject, observed: Observed, container: { name: string; index: number }): Record<string, unknown> {
  const { state } = observed;
  return {
    name: container.name,
    image: imageOf(pod, container.index),
    imageID: observed.imageID ?? '',
    ready: observed.isReady,
    started: 'running' in state,
    restartCount: container.index === 0 ? (observed.restartCount ?? 0) : 0,
    state,
    lastState: container.index === 0 ? (observed.lastState ?? {}) : {},
  };
}

function imageOf(pod: KubeObject, index: number): string {
  const containers = objectOf(pod['spec'])['containers'];
  const image: unknown = Array.isArray(containers) ? objectOf(containers[index])['image'] : undefined;
  return typeof image === 'string' ? image : '';
}
