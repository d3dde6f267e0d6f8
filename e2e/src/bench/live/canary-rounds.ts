import { pause } from '../clock.ts';
import type { StandingCanary } from './canary.ts';
import { median, percentile, ratios, spread } from '../measure.ts';
import type { Result } from '../result.ts';
import { createSightings } from './sightings.ts';
import type { Sightings } from './sightings.ts';

const changesPerRound = 40;
/** Between two changes nothing happens, so that each begins a quiet period: the rule is that the first leaves at once. */
const quietMs = 150;

/** Changes the Rollout again and again, each time when every observer has seen the change before; gives all latencies in milliseconds. */
export async function changeAndWait(canary: Pick<StandingCanary, 'setHeld'>, sightings: Sightings): Promise<number[]> {
  const latencies: number[] = [];
  for (let count = 0; count < changesPerRound; count += 1) {
    const isHeld = count % 2 === 0;
    sightings.begin(isHeld);
    await canary.setHeld(isHeld);
    latencies.push(...(await sightings.all()));
    await pause(quietMs);
  }
  return latencies;
}

/** A round of the peer: the same changes as a bare watch sees them. */
export async function watchRound(canary: StandingCanary): Promise<number[]> {
  const sightings = createSightings(1);
  const end = await canary.watch((isHeld) => sightings.see(0, isHeld));
  try {
    return await changeAndWait(canary, sightings);
  } finally {
    end();
  }
}

/** Rounds of latencies in milliseconds of both sides. */
export interface BothSides {
  flow: readonly (readonly number[])[];
  peer: readonly (readonly number[])[];
}

interface Line {
  row: string;
  what: string;
  /** Percentile that is compared. */
  share: number;
  /** Who the peer is; a bare watch unless another is named. */
  peer?: string;
  goal: string;
  isMet(flowMs: number, peerMs: number): boolean;
}

/** A line about latencies: the median over the rounds of each round's percentile. */
export function latencyLine({ flow, peer }: BothSides, line: Line): Result {
  const [ours, theirs] = [flow, peer].map((side) => side.map((round) => percentile(round, line.share)));
  const [flowMs, peerMs] = [median(ours ?? []), median(theirs ?? [])];
  return {
    row: line.row,
    what: line.what,
    unit: 'ms',
    flow: flowMs,
    peer: line.peer ?? 'by a bare watch',
    peerValue: peerMs,
    ratio: median(ratios(ours ?? [], theirs ?? [])),
    goal: line.goal,
    met: line.isMet(flowMs, peerMs),
    spread: spread(ours ?? []),
    rounds: flow.length,
  };
}
