import { median, percentile, ratios, spread } from '../measure.ts';
import type { Round } from '../reading/ask-many.ts';
import type { Result } from '../result.ts';

type Timed = Pick<Round, 'times'>;

interface Line {
  row: string;
  what: string;
  peer: string;
  /** Percentile that is compared. */
  share: number;
  /** Flow needs at most this part of the peer's time. */
  most: number;
  goal: string;
}

/** How long Flow takes to answer beside a peer: the median of what each round's percentile is to that of the peer's round beside it. */
export function answerLine(flow: readonly Timed[], peer: readonly Timed[], line: Line): Result {
  const at = (rounds: readonly Timed[]): number[] => rounds.map(({ times }) => percentile(times, line.share));
  const [ours, theirs] = [at(flow), at(peer)];
  const ratio = median(ratios(ours, theirs));
  return {
    row: line.row,
    what: line.what,
    unit: 'ms',
    flow: median(ours),
    peer: line.peer,
    peerValue: median(theirs),
    ratio,
    goal: line.goal,
    met: ratio <= line.most,
    spread: spread(ours),
    rounds: ours.length,
  };
}
