import type { Fault, Touches, Turn } from './turns.ts';

/** How often things go wrong, each a share of the turns at which they can. */
export interface Weather {
  /** Of the calls and commits: an error, a lost answer, an answer that comes twice. */
  faults: number;
  /** Of the reads, which are many more. */
  readFaults: number;
  /** Of all turns of a worker: it dies before or after it. */
  deaths: number;
  /** Of all turns of a worker: it is stopped for a while. */
  sleeps: number;
  /** Notices of the database that are lost. */
  lostNotices: number;
  /** It clears up after so many turns. */
  untilStep: number;
}

/** Nothing goes wrong. */
export const calm: Weather = { faults: 0, readFaults: 0, deaths: 0, sleeps: 0, lostNotices: 0, untilStep: 0 };

/** Between a twentieth and three tenths of what can go wrong does; each seed has its own. */
export function weatherOf(random: () => number): Weather {
  const faults = 0.05 + random() * 0.25;
  return {
    faults,
    readFaults: faults / 12,
    deaths: random() * 0.012,
    sleeps: random() * 0.008,
    lostNotices: faults,
    untilStep: 250 + random() * 500,
  };
}

const possible: Readonly<Record<Touches, readonly Fault[]>> = {
  read: ['error'],
  write: ['error'],
  commit: ['error', 'cut'],
  ask: ['error'],
  change: ['error', 'cut'],
  helm: ['error', 'cut'],
  watch: ['error', 'cut', 'twice'],
  mail: ['error', 'cut'],
};

/** What happens to a turn. Only workers die. */
export function drawFault(turn: Turn, weather: Weather, given: { random: () => number; mayDie: boolean }): Fault {
  const { random, mayDie } = given;
  const [death, fault, which] = [random(), random(), random()];
  if (mayDie && death < weather.deaths) return which < 0.5 ? 'dieBefore' : 'dieAfter';
  // Statements of a transaction and steps of helm come in rows: each row is hit about as often as one call.
  const isOneOfMany = turn.touches === 'read' || turn.touches === 'write' || turn.touches === 'helm' || turn.touches === 'ask';
  if (fault >= (isOneOfMany ? weather.readFaults : weather.faults)) return 'none';
  const faults = possible[turn.touches];
  return faults[Math.floor(which * faults.length)] ?? 'none';
}
