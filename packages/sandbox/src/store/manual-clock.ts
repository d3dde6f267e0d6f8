import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './store.ts';

/** Time that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves time forward by so many milliseconds, running each due callback at its own moment, in order.
   * Between callbacks the pending promises settle, so that what a callback starts may set new timers inside the span.
   */
  advance(ms: number): Promise<void>;
  /** Lets pending promises and store listeners run, without moving time. */
  settle(): Promise<void>;
}

/** A clock that a test drives; it starts at the given moment (2026-01-01T00:00:00Z by default). */
export function createManualClock(start = new Date('2026-01-01T00:00:00Z')): ManualClock {
  let nowMs = start.getTime();
  let sequence = 0;
  const timers = new Map<number, { atMs: number; callback: () => void }>();

  const nextDue = (untilMs: number): number | undefined => {
    let best: { id: number; atMs: number } | undefined;
    for (const [id, timer] of timers) {
      if (timer.atMs <= untilMs && (best === undefined || timer.atMs < best.atMs)) best = { id, atMs: timer.atMs };
    }
    return best?.id;
  };

  return {
    now: () => new Date(nowMs),
    after: (delayMs, callback) => {
      const id = (sequence += 1);
      timers.set(id, { atMs: nowMs + Math.max(0, delayMs), callback });
      return () => {
        timers.delete(id);
      };
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      await nextTurn();
      for (let id = nextDue(untilMs); id !== undefined; id = nextDue(untilMs)) {
        const timer = timers.get(id);
        timers.delete(id);
        if (timer === undefined) continue;
        nowMs = Math.max(nowMs, timer.atMs);
        timer.callback();
        await nextTurn();
      }
      nowMs = untilMs;
    },
    settle: async () => {
      await nextTurn();
    },
  };
}
