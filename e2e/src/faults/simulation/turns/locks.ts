import pg from 'pg';
import { z } from 'zod';
import type { Actor } from './turns.ts';

/** One statement on its way. */
interface Sent {
  pid: number;
  actor: Actor;
  sent: Promise<unknown>;
}

interface Waiting extends Sent {
  onEnd: () => Promise<void>;
}

const blocked = `
  WITH RECURSIVE chain AS (
    SELECT unnest(pg_blocking_pids($1)) AS pid UNION SELECT unnest(pg_blocking_pids(chain.pid)) FROM chain
  ) SELECT count(*) > 0 AS waits, COALESCE(bool_or(pid = $1), false) AS circle FROM chain`;
const answer = z.array(z.object({ waits: z.boolean(), circle: z.boolean() })).length(1);
/** An answer mostly comes within so many turns of the loop: then Postgres is not asked. */
const patientTurns = 60;

/**
 * Tells a statement that is at work from one that waits for somebody else's lock, by asking Postgres itself. So a turn ends in either case, and whether it does
 * so with an answer follows from what was done before, not from how fast the machine is.
 */
export class Locks implements AsyncDisposable {
  readonly #client: pg.Client;
  #waiting: Waiting[] = [];

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<Locks> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    // The last one to close a circle of waits is the one that is sent away.
    await client.query(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''1ms''', current_database()); END $$`);
    return new Locks(client);
  }

  get isWaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when the statement has its answer and `onEnd` has run, or when it waits: then that comes with a later `look`. */
  async wait(sent: Sent, onEnd: () => Promise<void>): Promise<void> {
    if (await this.#hasEnded(sent)) await onEnd();
    else this.#waiting.push({ ...sent, onEnd });
  }

  /** Ends what waits no longer, and what the dead waited for. */
  async look(): Promise<void> {
    const before = this.#waiting;
    this.#waiting = [];
    for (const one of before) {
      if (one.actor.isDead) await this.#client.query('SELECT pg_cancel_backend($1)', [one.pid]);
      if (one.actor.isDead || (await this.#hasEnded(one))) {
        await one.sent.catch(() => undefined);
        await one.onEnd();
      } else this.#waiting.push(one);
    }
  }

  async #hasEnded({ pid, sent }: Sent): Promise<boolean> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    const ended = sent.then(end, end);
    const hasEnded = (): boolean => isOver;
    for (;;) {
      for (let turn = 0; turn < patientTurns && !hasEnded(); turn += 1) await new Promise(setImmediate);
      if (hasEnded()) return true;
      const [found] = answer.parse((await this.#client.query(blocked, [pid])).rows);
      if (found?.circle === true) await ended;
      else if (found?.waits === true) return hasEnded();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
  }
}
