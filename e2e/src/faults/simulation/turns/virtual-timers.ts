import type { Clock } from '@flow/delivery/clock';

interface Timer {
  id: number;
  atMs: number;
  everyMs: number | null;
  call: () => void;
}

/** The timers of the engine on the virtual time: waits of its clock, and the heartbeats that it sets with `setInterval`. */
export class VirtualTimers {
  readonly #now: () => Date;
  readonly #timers = new Map<number, Timer>();
  #ids = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** When the next timer is due; undefined when there is none. */
  get nextMs(): number | undefined {
    const times = [...this.#timers.values()].map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Calls what is due, the earliest first and of one moment the oldest. True when there was something. */
  fire(): boolean {
    const due = [...this.#timers.values()]
      .filter(({ atMs }) => atMs <= this.#now().getTime())
      .toSorted((left, right) => left.atMs - right.atMs || left.id - right.id);
    for (const timer of due) {
      if (!this.#timers.has(timer.id)) continue;
      if (timer.everyMs === null) this.#timers.delete(timer.id);
      else timer.atMs = this.#now().getTime() + timer.everyMs;
      timer.call();
    }
    return due.length > 0;
  }

  /** A clock whose waits end early when the signal is aborted. */
  clock(): Clock {
    return {
      now: this.#now,
      wait: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) return resolve();
          const end = (): void => {
            this.clear(id);
            signal?.removeEventListener('abort', end);
            resolve();
          };
          const id = this.#add(ms, null, end);
          signal?.addEventListener('abort', end);
        }),
    };
  }

  /** Takes the place of the process's `setInterval` until it is disposed: leases are renewed on the virtual time. */
  install(): Disposable {
    const real = { setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };
    Object.assign(globalThis, {
      setInterval: (call: () => void, ms: number) => this.#add(ms, ms, call),
      clearInterval: (id: unknown) => {
        if (typeof id === 'number') this.clear(id);
        else if (typeof id === 'object' && id !== null) Reflect.apply(real.clearInterval, globalThis, [id]);
      },
    });
    return { [Symbol.dispose]: () => void Object.assign(globalThis, real) };
  }

  clear(id: number): void {
    this.#timers.delete(id);
  }

  #add(ms: number, everyMs: number | null, call: () => void): number {
    this.#ids += 1;
    this.#timers.set(this.#ids, { id: this.#ids, atMs: this.#now().getTime() + ms, everyMs, call });
    return this.#ids;
  }
}
