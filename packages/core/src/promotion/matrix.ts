import { z } from 'zod';
import type { RolloutView } from '../rollout/index.ts';

/** How what runs in a place is, in one word; `unknown` where nothing was seen of it, or its cluster cannot be reached. */
export const placeHealth = z.enum(['healthy', 'progressing', 'paused', 'degraded', 'unknown']);
export type PlaceHealth = z.infer<typeof placeHealth>;

/** What runs of a service in one region of an environment. */
export interface RunningIn {
  environmentId: string;
  region: string;
  artifactId: string;
  deploymentId: string;
  version: string;
  digest: string;
  since: Date;
  builtAt: Date;
  health: PlaceHealth;
  isQuarantined: boolean;
}

/** A stage of the promotion path. */
export interface PathStage {
  id: string;
  name: string;
  kind: string;
  position: number;
  regions: readonly string[];
}

/** A version with the regions that it runs in. */
export interface CellVersion {
  artifactId: string;
  deploymentId: string;
  version: string;
  regions: string[];
  since: Date;
  isQuarantined: boolean;
}

/** What a service is in one environment. */
export interface MatrixCell {
  environmentId: string;
  /** Newest build first; more than one where regions differ. */
  versions: CellVersion[];
  /** Regions of the environment that have nothing of it, while others have. */
  missingRegions: string[];
  /** The worst of the regions, and which these are. */
  health: PlaceHealth;
  unwellRegions: string[];
  /** A newer build that runs in an environment below, which has not come here yet; the newest of them. */
  newerBelow: { artifactId: string; version: string; environmentName: string } | null;
}

/** The cells of one service along the promotion path; an environment in which nothing of it runs has none. */
export function matrixCells(path: readonly PathStage[], running: readonly RunningIn[]): MatrixCell[] {
  return path.flatMap((stage) => {
    const here = newestFirst(running.filter((one) => one.environmentId === stage.id));
    const [newest] = here;
    return newest === undefined ? [] : [cellOf(stage, here, newerBelow({ path, running, stage, newest }))];
  });
}

function cellOf(stage: PathStage, here: readonly RunningIn[], newer: MatrixCell['newerBelow']): MatrixCell {
  const health = worstOf(here.map((one) => one.health));
  const there = new Set(here.map((one) => one.region));
  return {
    environmentId: stage.id,
    versions: versionsOf(here),
    missingRegions: stage.regions.filter((region) => !there.has(region)),
    health,
    unwellRegions:
      health === 'healthy'
        ? []
        : here
            .filter((one) => one.health === health)
            .map((one) => one.region)
            .toSorted(),
    newerBelow: newer,
  };
}

function versionsOf(here: readonly RunningIn[]): CellVersion[] {
  const versions = new Map<string, CellVersion>();
  for (const { artifactId, deploymentId, version, region, since, isQuarantined } of here) {
    const known = versions.get(artifactId);
    if (known === undefined) versions.set(artifactId, { artifactId, deploymentId, version, regions: [region], since, isQuarantined });
    else
      versions.set(artifactId, {
        ...known,
        regions: [...known.regions, region].toSorted(),
        since: since < known.since ? since : known.since,
      });
  }
  return [...versions.values()];
}

/** Ephemeral environments are beside the path: nothing is promoted out of them. */
function newerBelow(place: {
  path: readonly PathStage[];
  running: readonly RunningIn[];
  stage: PathStage;
  newest: RunningIn;
}): MatrixCell['newerBelow'] {
  const below = new Map(
    place.path
      .filter((one) => one.position < place.stage.position && one.kind !== 'ephemeral')
      .toSorted((left, right) => right.position - left.position)
      .map((one) => [one.id, one.name]),
  );
  const [newest] = newestFirst(place.running.filter((one) => below.has(one.environmentId) && one.builtAt > place.newest.builtAt));
  if (newest === undefined) return null;
  // Where the same build runs in several environments below, the one that it has come furthest to is named.
  const furthest = [...below].find(([id]) => place.running.some((one) => one.environmentId === id && one.artifactId === newest.artifactId));
  return { artifactId: newest.artifactId, version: newest.version, environmentName: furthest?.[1] ?? '' };
}

function newestFirst(running: readonly RunningIn[]): readonly RunningIn[] {
  return running.toSorted(
    (left, right) =>
      right.builtAt.getTime() - left.builtAt.getTime() ||
      compareTexts(left.artifactId, right.artifactId) ||
      compareTexts(left.region, right.region),
  );
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const badness = { degraded: 0, paused: 1, progressing: 2, unknown: 3, healthy: 4 } as const satisfies Record<PlaceHealth, number>;

function worstOf(all: readonly PlaceHealth[]): PlaceHealth {
  return all.toSorted((left, right) => badness[left] - badness[right])[0] ?? 'unknown';
}

const healthOfPhase = {
  Healthy: 'healthy',
  Degraded: 'degraded',
  Progressing: 'progressing',
  Paused: 'paused',
} as const satisfies Record<RolloutView['phase'], PlaceHealth>;

/** The health of a place from its Rollout, as last seen. */
export function healthOfRollout(view: Pick<RolloutView, 'phase'> | null): PlaceHealth {
  return view === null ? 'unknown' : healthOfPhase[view.phase];
}
