import type { Observed, TargetDetail } from '../deployment-detail.ts';

type Pod = TargetDetail['pods'][number];

export interface PodGroup {
  role: 'new' | 'stable' | 'leaving';
  pods: readonly Pod[];
}

/**
 * The pods by what they are to the rollout as it is now, the new version first.
 * A pod is seen before the rollout that it belongs to, so what it was when it was seen is not asked.
 */
export function podGroups(
  pods: readonly Pod[],
  { currentPodHash, stablePodHash }: Pick<Observed, 'currentPodHash' | 'stablePodHash'>,
): PodGroup[] {
  const roleOf = ({ podHash }: Pod): PodGroup['role'] =>
    podHash === currentPodHash ? 'new' : podHash === stablePodHash ? 'stable' : 'leaving';
  return (['new', 'stable', 'leaving'] as const)
    .map((role) => ({ role, pods: pods.filter((pod) => roleOf(pod) === role) }))
    .filter((group) => group.pods.length > 0);
}
