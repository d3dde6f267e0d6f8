import { inWords } from '../failure-policy.ts';
import type { DeploymentSnapshot, TargetDecision, TargetSnapshot } from '../snapshot.ts';

/** The regions of a wave that have not begun, by whether they may begin. */
export interface ByReach {
  /** Those that begin when there is room for them. */
  reachable: readonly TargetSnapshot[];
  /** Those that the plan goes on without. */
  skipped: readonly TargetDecision[];
  /** What is waited for, until it is back or has been away for as long as the plan waits; null when nothing is. */
  awaited: { sentence: string; until: Date } | null;
}

/**
 * What is done with each region whose turn has come. Of the first wave, which shows whether the version is good, never all are skipped: where none of it
 * can be reached they begin, and Helm tries until they can.
 */
export function sortByReach({ plan, targets }: DeploymentSnapshot, { wave, now }: { wave: number; now: Date }): ByReach {
  const pending = targets.filter((target) => target.wave === wave && target.state === 'pending');
  const { whenUnreachable } = plan.progression;
  const lost = whenUnreachable.kind === 'wait' ? [] : pending.flatMap((target) => lostSince(target));
  const reachable = pending.filter((target) => !lost.some((one) => one.target === target));
  const hasBegun = targets.some((target) => target.wave === wave && target.state !== 'pending' && target.state !== 'skipped');
  if (whenUnreachable.kind === 'wait' || (wave === 0 && reachable.length === 0 && !hasBegun))
    return { reachable: pending, skipped: [], awaited: null };
  const dueAt = ({ since }: Lost): number => since.getTime() + whenUnreachable.afterSeconds * 1_000;
  const waiting = lost.filter((one) => dueAt(one) > now.getTime());
  return {
    reachable,
    skipped: lost
      .filter((one) => !waiting.includes(one))
      .map(({ target }) => ({ id: target.id, state: 'skipped', reason: skipSentence(target) })),
    awaited: waiting.length === 0 ? null : { sentence: waitSentence(waiting), until: new Date(Math.min(...waiting.map(dueAt))) },
  };
}

interface Lost {
  target: TargetSnapshot;
  since: Date;
}

function lostSince(target: TargetSnapshot): Lost[] {
  return target.unreachableSince === null ? [] : [{ target, since: target.unreachableSince }];
}

function skipSentence({ region }: TargetSnapshot): string {
  return `${region} was skipped: its cluster could not be reached when its turn came. It is caught up once it can be`;
}

function waitSentence(waiting: readonly Lost[]): string {
  return `${inWords(waiting.map(({ target }) => target.region))} cannot be reached: it begins when it can be, or is skipped after the time that the plan waits`;
}

/** What is said of regions that were skipped, at the end of a deployment; null when none was. */
export function behindSentence(regions: readonly string[]): string | null {
  if (regions.length === 0) return null;
  return `${regions.length === 1 ? '1 region is' : `${regions.length} regions are`} behind: ${inWords(regions)} could not be reached`;
}
