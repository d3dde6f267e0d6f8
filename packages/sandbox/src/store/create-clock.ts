import type { Clock } from './store.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The system's own time. */
export function createClock(): Clock {
  return { now: () => new Date(), after: afterDelay };
}

/** Node caps a timer at about 24 days, so that a longer wait is made of several. */
function afterDelay(delayMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (remainingMs: number): void => {
    const partMs = Math.max(0, Math.min(remainingMs, LONGEST_TIMER_MS));
    timer = setTimeout(() => {
      if (remainingMs > partMs) arm(remainingMs - partMs);
      else callback();
    }, partMs);
  };
  arm(delayMs);
  return () => {
    clearTimeout(timer);
  };
}
