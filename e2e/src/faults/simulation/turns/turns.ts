import { settle } from './settle.ts';

/** Thrown into everything that a dead worker would still do. */
export class Dead extends Error {
  constructor() {
    super('This worker is dead');
  }
}

/** What may go wrong with one turn, drawn when it is chosen. `cut`: it is done, and its answer is lost. `twice`: it comes once more. */
export type Fault = 'none' | 'error' | 'cut' | 'twice' | 'dieBefore' | 'dieAfter';

/** Something that acts: one life of a worker, a person, a page that reads along. */
export interface Actor {
  readonly name: string;
  readonly isDead: boolean;
  /** It does nothing before this time, as a process that was stopped for a while; 0: it is awake. */
  asleepUntilMs: number;
  die(): void;
}

/** What a turn touches: says which faults it can have. */
export type Touches = 'read' | 'write' | 'commit' | 'ask' | 'change' | 'helm' | 'watch' | 'mail';

/** Something that one actor wants to do outside of its own memory. */
export interface Turn {
  actor: Actor;
  touches: Touches;
  /** For the trace: the same in every run of a seed. */
  name: string;
  /** It is not chosen while this is false. */
  isReady?: () => boolean;
}

interface Parked extends Turn {
  /** Does it. It may leave before the answer is there when it waits for somebody else's lock. */
  run: (fault: Fault) => Promise<void>;
  reject: (error: unknown) => void;
}

/** Where the result of a turn goes. */
export interface Answer<Result> {
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Everything that actors do outside of their own memory, one thing at a time: each asks for a turn, and the next one is chosen from the seed when nothing in
 * this process moves any more. So the order of all awaits follows from the seed alone.
 */
export class Turns {
  readonly #parked: Parked[] = [];
  readonly #isBusy: () => boolean;

  /** `isBusy`: whether something that is no turn is still under way, such as a connection that is being opened. */
  constructor(isBusy: () => boolean) {
    this.#isBusy = isBusy;
  }

  /** Asks for a turn that is over when `act` is. The faults that are not `act`'s own are dealt with here: a death before or after it. */
  take<Result>(turn: Turn, act: (fault: Fault) => Promise<Result>): Promise<Result> {
    const isDead = (): boolean => turn.actor.isDead;
    return this.hand<Result>(turn, async (fault, answer) => {
      if (fault === 'dieBefore') turn.actor.die();
      if (isDead()) return answer.reject(new Dead());
      try {
        const result = await act(fault);
        if (fault === 'dieAfter') turn.actor.die();
        if (isDead()) answer.reject(new Dead());
        else answer.resolve(result);
      } catch (error) {
        answer.reject(error);
      }
    });
  }

  /** Asks for a turn that hands on its result by itself, perhaps after the turn. */
  hand<Result>(turn: Turn, run: (fault: Fault, answer: Answer<Result>) => Promise<void>): Promise<Result> {
    if (turn.actor.isDead) return Promise.reject(new Dead());
    return new Promise<Result>((resolve, reject) => {
      this.#parked.push({ ...turn, run: (fault) => run(fault, { resolve, reject }), reject });
    });
  }

  /** Those that may be chosen now, by their names: which of two that come together was there first is up to the machine, and must not count. */
  async ready(nowMs: number): Promise<readonly Turn[]> {
    do await settle(this.#isBusy);
    while (this.#dropDead());
    return this.#parked
      .filter(({ actor, isReady }) => actor.asleepUntilMs <= nowMs && (isReady === undefined || isReady()))
      .toSorted((left, right) => compare(left.actor.name, right.actor.name) || compare(left.name, right.name));
  }

  /** Gives one of the ready its turn. */
  async give(turn: Turn, fault: Fault): Promise<void> {
    const parked = this.#parked.find((one) => one === turn);
    if (parked === undefined) return;
    this.#parked.splice(this.#parked.indexOf(parked), 1);
    await parked.run(fault);
  }

  #dropDead(): boolean {
    const dead = this.#parked.filter(({ actor }) => actor.isDead);
    for (const parked of dead) {
      this.#parked.splice(this.#parked.indexOf(parked), 1);
      parked.reject(new Dead());
    }
    return dead.length > 0;
  }
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
