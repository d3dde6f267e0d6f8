import { setTimeout as pause } from 'node:timers/promises';

/** Time as it is given to everything here, so that a test says what time it is. */
export interface Clock {
  now(): Date;
  /** Resolves after the time has passed, or at once when the signal is aborted; it never rejects. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of the machine. Its waits do not keep a process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  async wait(milliseconds, signal) {
    try {
      await pause(milliseconds, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) });
    } catch {
      // Only an abort ends the wait early, and that is what the caller asked for.
    }
  },
};
