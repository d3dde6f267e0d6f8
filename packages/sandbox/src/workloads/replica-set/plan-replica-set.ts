import type { KubeObject } from '../../store/index.ts';
import { isActivePod, readySinceMs } from '../objects/pod.ts';

export interface ReplicaSetSnapshot {
  replicas: number;
  minReadySeconds: number;
  pods: readonly KubeObject[];
}

export interface ReplicaSetPlan {
  createCount: number;
  remove: readonly KubeObject[];
  status: { replicas: number; fullyLabeledReplicas: number; readyReplicas: number; availableReplicas: number };
  /** When the next pod has been ready for long enough to count as available. */
  wakeAt?: Date;
}

/**
 * How many pods to add, which to remove, and the counts to report afterwards.
 * Order of removal as in the ReplicaSet controller of Kubernetes, as far as pods here can differ: not ready first, then the newest.
 */
export function planReplicaSet(snapshot: ReplicaSetSnapshot, now: Date): ReplicaSetPlan {
  const active = snapshot.pods.filter(isActivePod);
  const surplus = Math.max(0, active.length - snapshot.replicas);
  const remove = active.toSorted(byRemoval).slice(0, surplus);
  const removed = new Set(remove);
  const kept = active.filter((pod) => !removed.has(pod));
  const readyMs = kept.flatMap((pod) => readySinceMs(pod) ?? []);
  const availableFromMs = readyMs.map((sinceMs) => sinceMs + snapshot.minReadySeconds * 1000);
  const waiting = availableFromMs.filter((fromMs) => fromMs > now.getTime());
  const createCount = Math.max(0, snapshot.replicas - active.length);
  const replicas = kept.length + createCount;
  return {
    createCount,
    remove,
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: readyMs.length,
      availableReplicas: availableFromMs.length - waiting.length,
    },
    ...(waiting.length === 0 ? {} : { wakeAt: new Date(Math.min(...waiting)) }),
  };
}

function byRemoval(a: KubeObject, b: KubeObject): number {
  const readiness = Number(readySinceMs(a) !== undefined) - Number(readySinceMs(b) !== undefined);
  if (readiness !== 0) return readiness;
  return Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
}
