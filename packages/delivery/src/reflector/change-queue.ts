import type { Clock } from '../clock/index.ts';
import { fullJitterMs } from './backoff.ts';
import type { Change } from './known-objects.ts';

export interface QueueOptions<View> {
  onChange(changes: readonly Change<View>[]): Promise<void> | void;
  onFault(error: unknown): void;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
}

const maxWaiting = 2_000;
const maxBatch = 500;

type Item<View> = Change<View> | { type: 'mark'; done: () => void };

/**
 * Hands changes on in order, one batch at a time. A handler that throws gets the same batch again until it takes it; meanwhile `push` waits,
 * so that the reader stops reading and nothing piles up.
 */
export class ChangeQueue<View> {
  readonly #options: QueueOptions<View>;
  #waiting: Item<View>[] = [];
  #running: Promise<void> | null = null;

  constructor(options: QueueOptions<View>) {
    this.#options = options;
  }

  /** Resolves as soon as there is room for more. */
  async push(changes: readonly Change<View>[]): Promise<void> {
    if (changes.length === 0) return;
    this.#waiting.push(...changes);
    this.#start();
    while (this.#waiting.length > maxWaiting && this.#running !== null && !this.#options.signal.aborted) await this.#running;
  }

  /** Resolves when everything pushed before was taken by the handler, or the signal is aborted. */
  async drained(): Promise<void> {
    await new Promise<void>((done) => {
      this.#waiting.push({ type: 'mark', done });
      this.#start();
    });
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    const marked = this.#waiting.findIndex((item) => item.type === 'mark');
    const count = Math.min(maxBatch, marked < 0 ? this.#waiting.length : marked);
    const batch = this.#waiting.slice(0, count).flatMap((item) => (item.type === 'mark' ? [] : [item]));
    if (batch.length > 0) await this.#deliver(newestOnly(batch));
    this.#waiting = this.#waiting.slice(count);
    for (let [first] = this.#waiting; first?.type === 'mark'; [first] = this.#waiting) {
      this.#waiting.shift();
      first.done();
    }
  }

  async #deliver(batch: readonly Change<View>[]): Promise<void> {
    for (let failures = 0; !this.#options.signal.aborted; failures += 1) {
      try {
        await this.#options.onChange(batch);
        return;
      } catch (error) {
        this.#options.onFault(error);
        await this.#options.clock.wait(fullJitterMs(failures, this.#options.random), this.#options.signal);
      }
    }
  }
}

/** Of several states of one object in a batch only the last one counts. */
function newestOnly<View>(batch: readonly Change<View>[]): Change<View>[] {
  const last = new Map(batch.map((change, index) => [change.uid, index]));
  return batch.filter((change, index) => last.get(change.uid) === index);
}
