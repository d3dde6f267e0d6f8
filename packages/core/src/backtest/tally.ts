import { z } from 'zod';

/** What became of a past deployment. Null while it is open. */
export const pastOutcome = z.enum(['succeeded', 'failed', 'rolledBack', 'incident']).nullable();
export type PastOutcome = z.infer<typeof pastOutcome>;

/** Whether it proved bad: it failed, was gone back from, or an incident of its service is tied to it. */
export function isBad(outcome: PastOutcome): boolean {
  return outcome !== null && outcome !== 'succeeded';
}

/** One past deployment that a backtest points at. */
export const backtestExample = z.strictObject({
  deploymentId: z.string(),
  at: z.date(),
  serviceName: z.string(),
  environmentName: z.string(),
  version: z.string(),
  outcome: pastOutcome,
  /** What the rule would have said; empty for one that it would have let through. */
  sentence: z.string(),
});
export type BacktestExample = z.infer<typeof backtestExample>;

/**
 * What a rule would have done to past deployments. Whether it stops them (hold, block, asks for approvals) or only speaks (warn, allow) is the rule's
 * effect; here both count as stopped.
 */
export const backtestTally = z.strictObject({
  /** Starts that were looked at, and those of them that the rule is about. */
  lookedAt: z.number().int(),
  inScope: z.number().int(),
  stopped: z.number().int(),
  /** Of those that it is about: how many proved bad, and how many of these it would have stopped. */
  bad: z.number().int(),
  stoppedBad: z.number().int(),
  /** Could not be asked: an expression that fails holds what it could have stopped, so these count as stopped too. */
  broken: z.number().int(),
  /** The newest of each kind: stopped and bad, stopped and good, bad and let through. */
  caught: z.array(backtestExample),
  stoppedGood: z.array(backtestExample),
  missed: z.array(backtestExample),
});
export type BacktestTally = z.infer<typeof backtestTally>;

/** The same with examples as they are sent: their times as texts. */
export type TallyOf<Example> = Omit<BacktestTally, 'caught' | 'stoppedGood' | 'missed'> &
  Record<'caught' | 'stoppedGood' | 'missed', Example[]>;

/** Examples that are kept of each kind. */
export const examplesMax = 10;

export const emptyTally: BacktestTally = {
  lookedAt: 0,
  inScope: 0,
  stopped: 0,
  bad: 0,
  stoppedBad: 0,
  broken: 0,
  caught: [],
  stoppedGood: [],
  missed: [],
};

/** Two parts of one backtest as one; the examples of the first are the newer ones. */
export function addTallies<Example>(newer: TallyOf<Example>, older: TallyOf<Example>): TallyOf<Example> {
  const examples = (kind: 'caught' | 'stoppedGood' | 'missed'): Example[] => [...newer[kind], ...older[kind]].slice(0, examplesMax);
  return {
    lookedAt: newer.lookedAt + older.lookedAt,
    inScope: newer.inScope + older.inScope,
    stopped: newer.stopped + older.stopped,
    bad: newer.bad + older.bad,
    stoppedBad: newer.stoppedBad + older.stoppedBad,
    broken: newer.broken + older.broken,
    caught: examples('caught'),
    stoppedGood: examples('stoppedGood'),
    missed: examples('missed'),
  };
}

/** Of those that it would have stopped, the share that proved bad; null when it would have stopped none. */
export function precisionOf({ stopped, stoppedBad }: Pick<BacktestTally, 'stopped' | 'stoppedBad'>): number | null {
  return stopped === 0 ? null : stoppedBad / stopped;
}

/** Of those that proved bad and that it is about, the share that it would have stopped; null when none proved bad. */
export function recallOf({ bad, stoppedBad }: Pick<BacktestTally, 'bad' | 'stoppedBad'>): number | null {
  return bad === 0 ? null : stoppedBad / bad;
}
