import { wallMs } from '../clock.ts';

/** When each observer first saw the state that was asked for. */
export interface Sightings {
  /** From now on this state is waited for. */
  begin(isHeld: boolean): void;
  /** An observer sees a state; `at` is milliseconds since the epoch, now unless given. */
  see(observer: number, isHeld: boolean, at?: number): void;
  /** Resolves with how long each observer needed, in milliseconds, when all of them have seen it. */
  all(): Promise<number[]>;
}

/** For a fixed number of observers; who has not seen the state within `withinMs` is named. */
export function createSightings(observersCount: number, withinMs = 20_000): Sightings {
  let wanted: boolean | undefined;
  let begunAt = 0;
  let latencies = new Map<number, number>();
  let done = (): void => undefined;
  return {
    begin(isHeld) {
      wanted = isHeld;
      latencies = new Map();
      begunAt = wallMs();
    },
    see(observer, isHeld, at = wallMs()) {
      if (isHeld !== wanted || latencies.has(observer)) return;
      latencies.set(observer, at - begunAt);
      if (latencies.size === observersCount) done();
    },
    async all() {
      if (latencies.size < observersCount)
        await new Promise<void>((resolve, reject) => {
          const late = AbortSignal.timeout(withinMs);
          const tooLate = (): void => reject(new Error(`seen by ${latencies.size} of ${observersCount} within ${withinMs} ms`));
          late.addEventListener('abort', tooLate);
          done = () => {
            late.removeEventListener('abort', tooLate);
            resolve();
          };
        });
      return [...latencies.values()];
    },
  };
}
