import type { Clock } from './clock.ts';

interface Waiter {
  at: number;
  done: () => void;
}

/** A clock that stands still until it is moved: for tests. */
export class ManualClock implements Clock {
  #now: number;
  #waiting: Waiter[] = [];

  constructor(start: string) {
    this.#now = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        at: this.#now + milliseconds,
        done: () => {
          this.#waiting = this.#waiting.filter((one) => one !== waiter);
          signal?.removeEventListener('abort', waiter.done);
          resolve();
        },
      };
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', waiter.done, { once: true });
    });
  }

  /** Moves on to the end of each wait in between, and lets what waited go on before the next one. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      next.done();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Waiter | undefined {
    return this.#waiting.filter((one) => one.at <= end).toSorted((left, right) => left.at - right.at)[0];
  }
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
