import type { Actor } from './turns.ts';

/** One life of a process: when it dies, nothing of it passes any more. */
export class Life implements Actor {
  readonly name: string;
  asleepUntilMs = 0;
  /** Something went wrong in it: it may have lost what it held without knowing. */
  isDisturbed = false;
  readonly #ending = new AbortController();
  readonly #onDeath: (life: Life) => void;

  constructor(name: string, onDeath: (life: Life) => void = () => undefined) {
    this.name = name;
    this.#onDeath = onDeath;
  }

  get isDead(): boolean {
    return this.#ending.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  die(): void {
    if (this.isDead) return;
    this.#onDeath(this);
    this.#ending.abort();
  }
}
