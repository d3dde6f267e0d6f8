import type { IntOrString } from '../model/spec.ts';

/** One side of a canary as the arithmetic sees it. */
export interface SideCounts {
  specReplicas: number;
  availableReplicas: number;
}

export interface BasicCanaryInput {
  /** `spec.replicas` of the Rollout. */
  replicas: number;
  /** Weight asked for, 0 to 100. */
  weight: number;
  maxSurge: number;
  maxUnavailable: number;
  canary: SideCounts | undefined;
  /** Undefined on the first deployment, and when canary and stable are the same ReplicaSet. */
  stable: SideCounts | undefined;
  /** Pods asked for by all other ReplicaSets together. */
  otherReplicas: number;
}

export interface CanaryCounts {
  canary: number;
  stable: number;
}

/**
 * `maxSurge` (rounded up) and `maxUnavailable` (rounded down) as pod counts; when both come out as 0, one pod may be unavailable,
 * or nothing could ever move. Source: `resolveFenceposts`, argo-rollouts `utils/replicaset/replicaset.go`; both default to 25%.
 */
export function resolveFences(
  replicas: number,
  asked: { maxSurge?: IntOrString | null | undefined; maxUnavailable?: IntOrString | null | undefined },
): { maxSurge: number; maxUnavailable: number } {
  const maxSurge = podCount(asked.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = podCount(asked.maxUnavailable ?? '25%', replicas, Math.floor);
  const maxUnavailable = maxSurge === 0 && unavailable === 0 ? 1 : unavailable;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

function podCount(value: IntOrString, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * replicas) / 100);
}

/**
 * How many pods canary and stable are asked to have now, when weight is made by pod counts alone.
 *
 * The rules of argo-rollouts (`CalculateReplicaCountsForBasicCanary`, `utils/replicaset/canary.go`): first the pair of counts closest to the
 * weight; then as much growth as `replicas + maxSurge` leaves room for, stable before canary; then as much shrinking as the available pods
 * allow, and only once no other ReplicaSet has pods. While the canary grows, the stable side is the one that shrinks, and the
 * other way round; unavailable pods of the shrinking side do not hold it up.
 */
export function basicCanaryCounts(input: BasicCanaryInput): CanaryCounts {
  const desired = input.stable === undefined ? { canary: input.replicas, stable: 0 } : closestCounts(input);
  const grown = grow(input, desired);
  if (input.otherReplicas > 0) return grown;
  return shrink(input, desired, grown);
}

/**
 * The whole-pod counts that come closest to the weight; on a tie the larger canary. The two add up to `replicas`, or to one more when surge is
 * allowed and that is closer. A weight of 1 to 99 never gives an empty canary when there is more than one pod to share.
 */
export function closestCounts(input: Pick<BasicCanaryInput, 'replicas' | 'weight' | 'maxSurge'>): CanaryCounts {
  const { replicas, weight, maxSurge } = input;
  if (replicas === 0) return { canary: 0, stable: 0 };
  const ceiling = Math.ceil((replicas * weight) / 100);
  const floor = Math.floor((replicas * weight) / 100);
  const mayBeEmpty = weight === 100 || weight === 0 || (replicas === 1 && maxSurge === 0);
  const mayRoundDown = floor !== 0 || mayBeEmpty;
  const options = [
    { canary: ceiling, total: replicas, isAllowed: ceiling < replicas || mayBeEmpty },
    { canary: floor, total: replicas, isAllowed: mayRoundDown && !isHalf(weight, replicas) },
    { canary: ceiling, total: replicas + 1, isAllowed: maxSurge > 0 },
    { canary: floor, total: replicas + 1, isAllowed: maxSurge > 0 && mayRoundDown && !isHalf(weight, replicas + 1) },
  ].filter((option) => option.isAllowed);
  const distance = (option: { canary: number; total: number }): number => Math.abs((option.canary * 100) / option.total - weight);
  // The sort is stable, so that of equally close options the first one wins.
  const best = options.toSorted((a, b) => distance(a) - distance(b))[0];
  return best === undefined ? { canary: 0, stable: replicas } : { canary: best.canary, stable: best.total - best.canary };
}

function isHalf(weight: number, total: number): boolean {
  return (total * (weight / 100)) % 1 === 0.5;
}

function grow(input: BasicCanaryInput, desired: CanaryCounts): CanaryCounts {
  const canaryNow = input.canary?.specReplicas ?? 0;
  const stableNow = input.stable?.specReplicas ?? 0;
  let room = input.replicas + input.maxSurge - (input.otherReplicas + canaryNow + stableNow);
  let stable = stableNow;
  if (input.stable !== undefined && stableNow < desired.stable && room > 0) {
    stable = Math.min(desired.stable, stableNow + room);
    room -= stable - stableNow;
  }
  const growsCanary = input.canary !== undefined && canaryNow < desired.canary && room > 0;
  return { canary: growsCanary ? Math.min(desired.canary, canaryNow + room) : canaryNow, stable };
}

function shrink(input: BasicCanaryInput, desired: CanaryCounts, grown: CanaryCounts): CanaryCounts {
  const minAvailable = input.replicas - input.maxUnavailable;
  const isGrowing = input.canary === undefined || desired.canary >= input.canary.specReplicas;
  const present = countForShrinking(input.canary, !isGrowing) + countForShrinking(input.stable, isGrowing);
  if (present <= minAvailable) return grown;
  const limits = { maxCount: input.replicas + input.maxSurge, minAvailable };
  const step = present - minAvailable;
  if (!isGrowing) {
    const drained = drain(input.canary, { desired: desired.canary, step, current: grown.canary });
    const fitted = fit({ side: input.canary, count: drained }, { side: input.stable, count: grown.stable }, limits);
    return { canary: fitted.drained, stable: fitted.other };
  }
  if (input.stable === undefined) return grown;
  const drained = drain(input.stable, { desired: desired.stable, step, current: grown.stable });
  const fitted = fit({ side: input.stable, count: drained }, { side: input.canary, count: grown.canary }, limits);
  return { canary: fitted.other, stable: fitted.drained };
}

/** Pods that shrinking may count on: those asked for when their availability does not matter, else the available ones; never more than asked for. */
function countForShrinking(side: SideCounts | undefined, ignoreAvailability: boolean): number {
  if (side === undefined) return 0;
  return ignoreAvailability ? side.specReplicas : Math.min(side.specReplicas, side.availableReplicas);
}

function drain(side: SideCounts | undefined, target: { desired: number; step: number; current: number }): number {
  if (side === undefined || side.specReplicas <= target.desired) return target.current;
  return Math.max(target.desired, side.specReplicas - target.step);
}

interface CountedSide {
  side: SideCounts | undefined;
  count: number;
}

/** Takes from the other side what exceeds the surge, but gives back available pods that are needed to stay above the minimum. */
function fit(
  drained: CountedSide,
  other: CountedSide,
  limits: { maxCount: number; minAvailable: number },
): { drained: number; other: number } {
  if (other.side === undefined) return { drained: drained.count, other: other.count };
  const reduced = other.count - Math.max(0, other.count + drained.count - limits.maxCount);
  const available = Math.min(drained.side?.availableReplicas ?? 0, drained.count) + Math.min(other.side.availableReplicas, reduced);
  const spare = Math.max(0, other.side.availableReplicas - reduced);
  const givenBack = Math.min(spare, Math.max(0, limits.minAvailable - available));
  const fitted = reduced + givenBack;
  return { drained: drained.count - Math.max(0, fitted + drained.count - limits.maxCount), other: fitted };
}
