import { CrashGate } from './gate.ts';
import { startLife } from './life.ts';
import type { Life, LifeOptions } from './life.ts';

/** Workers one after the other, each of which dies at its own moment, until one is meant to live. */
export class Succession {
  readonly #options: Omit<LifeOptions, 'gate' | 'holder'>;
  readonly #crashAt: readonly number[];
  readonly #gates: CrashGate[] = [];
  #life: Life | null = null;
  #diedAt: Date | null = null;
  #takeoverMs = 0;

  constructor(crashAt: readonly number[], options: Omit<LifeOptions, 'gate' | 'holder'>) {
    this.#crashAt = crashAt;
    this.#options = options;
  }

  /** Lets the living worker look at the clusters and run what is due. True when there was something. */
  async work(): Promise<boolean> {
    this.#life ??= await this.#next();
    const hasSeen = await this.#life.observe();
    const hasRun = await this.#life.runDueJob();
    if (hasRun && this.#diedAt !== null) {
      this.#takeoverMs = Math.max(this.#takeoverMs, this.#options.time.now().getTime() - this.#diedAt.getTime());
      this.#diedAt = null;
    }
    return hasSeen || hasRun;
  }

  /** Buries the worker if it has died at its moment; any other error is a real one. */
  async bury(error: unknown): Promise<void> {
    if (this.#gates.at(-1)?.isDead !== true) throw error;
    this.#diedAt ??= this.#options.time.now();
    await this.end();
  }

  async end(): Promise<void> {
    await this.#life?.end();
    this.#life = null;
  }

  /** What it came to: the moments of the first worker, those at which workers died, how many helms that cut, and the longest time until the next one went on. */
  get story(): { moments: readonly string[]; diedAt: readonly string[]; helmsCut: number; takeoverSeconds: number } {
    return {
      moments: this.#gates[0]?.passed ?? [],
      diedAt: this.#gates.filter((gate) => gate.isDead).map((gate) => gate.passed.at(-1) ?? ''),
      helmsCut: this.#gates.reduce((total, gate) => total + gate.helmsCut, 0),
      takeoverSeconds: this.#takeoverMs / 1_000,
    };
  }

  #next(): Promise<Life> {
    const gate = new CrashGate(this.#crashAt[this.#gates.length] ?? null);
    this.#gates.push(gate);
    return startLife({ ...this.#options, gate, holder: `worker-${this.#gates.length}` });
  }
}
