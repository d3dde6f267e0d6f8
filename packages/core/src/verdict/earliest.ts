import type { Item } from './finding.ts';

/** Windows and hours that take turns are followed so many times before no time is named. */
const maxRounds = 1_000;

/**
 * The first instant from `now` on at which no item stands against the request, while only time goes by. Each item names its own first instant; the
 * latest of them is asked of all again until nobody moves it: a soak may end when the working day is over. Null when one never clears by time.
 */
export function earliestClear(items: readonly Item[], now: Date): Date | null {
  let at = now;
  for (let round = 0; round < maxRounds; round += 1) {
    const before = at;
    for (const item of items) {
      const clear = item.clearFrom(at);
      if (clear === null) return null;
      if (clear > at) at = clear;
    }
    if (at.getTime() === before.getTime()) return at;
  }
  return null;
}
