/** Thrown into everything that a dead worker would still do. */
class Crashed extends Error {
  constructor() {
    super('This worker is dead');
  }
}

/**
 * Counts the moments at which a worker may die: before and after each transaction and each effect outside. At the chosen one it dies:
 * from then on nothing of it passes, for ever.
 */
export class CrashGate {
  readonly passed: string[] = [];
  readonly #crashAt: number | null;
  #isDead = false;

  /** `crashAt` is the number of the moment, from 1; null: it lives. */
  constructor(crashAt: number | null) {
    this.#crashAt = crashAt;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** How many helms had begun and not ended when the worker died; one in each region may be at work, whatever the worker died at. */
  get helmsCut(): number {
    const begun = this.passed.slice(0, this.#isDead ? -1 : undefined).filter((name) => name.startsWith('before helm ')).length;
    return this.#isDead ? begun - this.passed.filter((name) => name.startsWith('after helm ')).length : 0;
  }

  /** Refuses the dead. */
  refuseDead(): void {
    if (this.#isDead) throw new Crashed();
  }

  /** One moment. */
  moment(name: string): void {
    this.refuseDead();
    this.passed.push(name);
    if (this.passed.length !== this.#crashAt) return;
    this.#isDead = true;
    throw new Crashed();
  }

  /** An act with the moments before and after it. */
  async around<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
    this.moment(`before ${name}`);
    const result = await act();
    this.moment(`after ${name}`);
    return result;
  }
}
