import { total, wakeAt, type Work } from './work.ts';

const RECHECK_MS = 30_000;

/**
 * Replaces pods that are older than `spec.restartAt`, as many at a time as may be unavailable (at least one), stable pods first.
 * Returns how many were told to go; `status.restartedAt` follows when none is left.
 */
export function restartPods(work: Work): number {
  const { restartAt } = work.spec;
  if (!restartAt || restartAt === work.before.restartedAt) return 0;
  const restartAtMs = Date.parse(restartAt);
  if (restartAtMs > work.now.getTime()) {
    wakeAt(work, restartAtMs);
    return 0;
  }
  const rank = new Map(work.allSets.map((set) => [set.uid, set === work.stableSet ? 0 : set === work.newSet ? 1 : 2]));
  const pods = work.snapshot.pods.toSorted((a, b) => (rank.get(a.replicaSetUid) ?? 3) - (rank.get(b.replicaSetUid) ?? 3));
  const old = pods.filter((pod) => pod.createdAtMs < restartAtMs);
  const atOnce = Math.max(work.fences.maxUnavailable, 1);
  const mustStay =
    Math.max(
      work.replicas,
      total(work.allSets, (set) => set.specReplicas),
    ) - atOnce;
  const mayGo = Math.max(0, pods.filter((pod) => pod.isAvailable).length - mustStay);
  const chosen = old.slice(0, mayGo);
  work.plan.deletePods.push(...chosen.map((pod) => pod.name));
  if (old.length > chosen.length) wakeAt(work, work.now.getTime() + RECHECK_MS);
  else work.next.restartedAt = restartAt;
  return chosen.length;
}
