/** What runs of a service in one region, and whether the commit is in it. */
export interface RunningWith {
  environmentId: string;
  region: string;
  version: string;
  deploymentId: string;
  since: Date;
  hasCommit: boolean;
}

/** A deployment that has not ended, in one region. */
export interface OnItsWay {
  environmentId: string;
  region: string;
  version: string;
  deploymentId: string;
  hasCommit: boolean;
  /** `waits`: it has not touched the region yet. */
  stage: 'waits' | 'moves';
  /** Share of the traffic that goes to its version there, in percent. */
  weightPercent: number;
}

/** Whether a region of an environment has a commit, and what share of its traffic does. */
export interface PlaceOfCommit {
  environmentId: string;
  region: string;
  /**
   * - `here`: what runs has it, and so does what replaces it.
   * - `arriving`: a version with it takes over from one without it; `leaving` the other way round.
   * - `waiting`: a version with it waits to be deployed.
   * - `notHere`: none of these.
   */
  state: 'here' | 'arriving' | 'leaving' | 'waiting' | 'notHere';
  weightPercent: number;
  /** What runs there; null where nothing does. */
  running: { version: string; deploymentId: string; since: Date } | null;
  /** What moves or waits and changes that. */
  change: { version: string; deploymentId: string } | null;
}

/** Where a commit is: one place for each region of each environment, in the order given. */
export function whereIs(
  regions: readonly { environmentId: string; region: string }[],
  seen: { running: readonly RunningWith[]; onItsWay: readonly OnItsWay[] },
): PlaceOfCommit[] {
  return regions.map((place) => {
    const inPlace = (one: { environmentId: string; region: string }): boolean =>
      one.environmentId === place.environmentId && one.region === place.region;
    const running = seen.running.find(inPlace) ?? null;
    const moving = seen.onItsWay.find((one) => inPlace(one) && one.stage === 'moves') ?? null;
    const waiting = seen.onItsWay.find((one) => inPlace(one) && one.stage === 'waits' && one.hasCommit) ?? null;
    const state = stateOf({ running, moving, waiting });
    const change = state === 'waiting' ? waiting : moving;
    return {
      ...place,
      state,
      weightPercent: weightOf(running, moving),
      running: running === null ? null : { version: running.version, deploymentId: running.deploymentId, since: running.since },
      change: change === null ? null : { version: change.version, deploymentId: change.deploymentId },
    };
  });
}

interface InPlace {
  running: RunningWith | null;
  moving: OnItsWay | null;
  waiting: OnItsWay | null;
}

function stateOf({ running, moving, waiting }: InPlace): PlaceOfCommit['state'] {
  const isHere = running?.hasCommit ?? false;
  if (isHere) return moving === null || moving.hasCommit ? 'here' : 'leaving';
  if (moving?.hasCommit === true) return 'arriving';
  return waiting === null ? 'notHere' : 'waiting';
}

function weightOf(running: RunningWith | null, moving: OnItsWay | null): number {
  const movingPercent = moving?.weightPercent ?? 0;
  return (running?.hasCommit === true ? 100 - movingPercent : 0) + (moving?.hasCommit === true ? movingPercent : 0);
}
