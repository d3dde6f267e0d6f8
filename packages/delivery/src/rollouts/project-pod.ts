import type { PodView, RolloutView } from '@flow/core/rollout';
import { listAt, numberAt, textAt, timeAt } from '../json/index.ts';

type Hashes = Pick<RolloutView, 'currentPodHash' | 'stablePodHash'>;

/** The slim view of a pod of a Rollout. Its role follows from the hashes of the Rollout at that moment. */
export function projectPod(pod: unknown, hashes: Hashes): PodView {
  const podHash = textAt(pod, 'metadata', 'labels', 'rollouts-pod-template-hash');
  const containers = listAt(pod, 'status', 'containerStatuses');
  return {
    name: textAt(pod, 'metadata', 'name'),
    podHash,
    role: podRole(podHash, hashes),
    phase: textAt(pod, 'status', 'phase') || 'Pending',
    ready: listAt(pod, 'status', 'conditions').some((one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True'),
    reason: reasonOf(pod),
    restarts: containers.reduce<number>((sum, container) => sum + (numberAt(container, 'restartCount') ?? 0), 0),
    startedAt: timeAt(pod, 'status', 'startTime'),
  };
}

/** Which part a pod plays: the revision that traffic trusts, the one that is tried, or one that is on its way out. */
export function podRole(podHash: string, hashes: Hashes): PodView['role'] {
  if (podHash === hashes.stablePodHash) return 'stable';
  return podHash === hashes.currentPodHash ? 'canary' : 'old';
}

/** Why a pod is not well, in the word of the kubelet (`CrashLoopBackOff`, `ImagePullBackOff`, `OOMKilled`); empty when nothing is wrong. */
function reasonOf(pod: unknown): string {
  if (timeAt(pod, 'metadata', 'deletionTimestamp') !== null) return 'Terminating';
  for (const container of [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')]) {
    const waiting = textAt(container, 'state', 'waiting', 'reason');
    const isNormal = waiting === 'ContainerCreating' || waiting === 'PodInitializing';
    if (waiting !== '' && !isNormal) return waiting;
    const ended = textAt(container, 'state', 'terminated', 'reason');
    if (ended !== '' && ended !== 'Completed') return ended;
  }
  const unscheduled = listAt(pod, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'PodScheduled' && textAt(one, 'status') === 'False',
  );
  return textAt(pod, 'status', 'reason') || textAt(unscheduled, 'reason');
}
