import { z } from 'zod';
import type { KubeObject } from '../../store/index.ts';
import { createReader } from './parsed.ts';

/** Annotation of a pod that is a local process: the loopback port it listens on. On a Service: the port of its listener. */
export const PORT_ANNOTATION = 'sandbox.flow.dev/port';

const podStatus = z.object({
  status: z
    .object({
      phase: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() })).nullish(),
    })
    .nullish(),
});
const readPod = createReader(podStatus);

/** `status.phase`, Pending before the kubelet has seen the pod. */
export function podPhase(pod: KubeObject): string {
  return readPod(pod).status?.phase ?? 'Pending';
}

/** Neither finished nor being deleted: it counts as a replica. */
export function isActivePod(pod: KubeObject): boolean {
  const phase = podPhase(pod);
  return pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

/** Since when the pod is Ready, in milliseconds; undefined while it is not. */
export function readySinceMs(pod: KubeObject): number | undefined {
  const ready = readPod(pod).status?.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status !== 'True' || !isActivePod(pod)) return undefined;
  const sinceMs = Date.parse(ready.lastTransitionTime ?? pod.metadata.creationTimestamp);
  return Number.isNaN(sinceMs) ? Date.parse(pod.metadata.creationTimestamp) : sinceMs;
}

/** The loopback port of a pod that is a local process; undefined for a modelled pod. */
export function processPort(pod: KubeObject): number | undefined {
  const port = Number(pod.metadata.annotations?.[PORT_ANNOTATION]);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
