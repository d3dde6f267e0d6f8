import type { EndedWayBack, TargetState } from '../deployment/index.ts';

/** A region of a deployment that has ended, with what going back there depends on. */
export interface RegionBehind {
  targetId: string;
  region: string;
  /** What became of the deployment there. */
  state: TargetState;
  /** A deployment that was asked for later has been healthy there. */
  isOvertaken: boolean;
  /** The newest other version that was healthy there before, was not taken back, and is in no quarantine; null when there is none. */
  lastGood: { artifactId: string; version: string } | null;
}

/** Regions that go back to the same version, by one deployment. */
export interface BackLeg {
  artifactId: string;
  version: string;
  targetIds: readonly string[];
  regions: readonly string[];
}

export interface BackPlan {
  /** The one of the most regions first. */
  legs: readonly BackLeg[];
  /** Regions in which nothing is done, each with why, as people read it. */
  stays: readonly { region: string; why: string }[];
}

/** What a rollback of a deployment that has ended does in each of its regions: every one goes back to its own last good version, or stays as it is for a reason. */
export function planBack(regions: readonly RegionBehind[]): BackPlan {
  const legs = new Map<string, RegionBehind[]>();
  const stays: { region: string; why: string }[] = [];
  for (const one of regions.toSorted(byRegion)) {
    const why = whyStays(one);
    if (why !== null || one.lastGood === null) stays.push({ region: one.region, why: why ?? noOther });
    else legs.set(one.lastGood.artifactId, [...(legs.get(one.lastGood.artifactId) ?? []), one]);
  }
  const planned = [...legs].map(([artifactId, group]) => ({
    artifactId,
    version: group[0]?.lastGood?.version ?? '',
    targetIds: group.map(({ targetId }) => targetId),
    regions: group.map(({ region }) => region),
  }));
  return { legs: planned.toSorted((left, right) => right.regions.length - left.regions.length || byFirstRegion(left, right)), stays };
}

/** Whether there is a way back at all: not where later deployments have taken its place wherever it came, nor where no region has another version to go back to. */
export function endedWayBack(regions: readonly RegionBehind[]): EndedWayBack {
  const came = regions.filter(({ state }) => state === 'healthy' || state === 'failed');
  if (came.length > 0 && came.every(({ isOvertaken }) => isOvertaken)) return 'overtaken';
  return planBack(regions).legs.length === 0 ? 'none' : 'open';
}

const noOther = 'no other version was healthy there before';

function whyStays({ state, isOvertaken, lastGood }: RegionBehind): string | null {
  if (state === 'pending' || state === 'skipped') return 'the deployment changed nothing there';
  if (state === 'rolledBack') return 'it went back already';
  if (isOvertaken) return 'a later deployment was healthy there';
  return lastGood === null ? noOther : null;
}

function byRegion(left: { region: string }, right: { region: string }): number {
  return left.region < right.region ? -1 : 1;
}

function byFirstRegion(left: BackLeg, right: BackLeg): number {
  return (left.regions[0] ?? '') < (right.regions[0] ?? '') ? -1 : 1;
}
