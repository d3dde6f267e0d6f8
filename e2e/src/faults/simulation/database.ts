import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { z } from 'zod';
import type { Locks } from './turns/locks.ts';
import { Dead } from './turns/turns.ts';
import type { Actor, Answer, Fault, Touches, Turns } from './turns/turns.ts';

/** A change of what is sent to Postgres: how a defect is planted. Null leaves it as it is. */
export type Rewrite = (statement: Statement) => Statement | null;

export interface Statement {
  text: string;
  values: readonly unknown[];
}

/** The connections of one process to Postgres. Every statement on them is a turn of whoever lives in the process now. */
export interface SimulatedDatabase {
  db: Database;
  /** Who lives there now; null while nobody does, then statements are sent as they are. */
  actor: Actor | null;
  /** Whether something is under way that is no turn. */
  isBusy(): boolean;
  close(): Promise<void>;
}

const connection = z.custom<Connection>((value) => typeof value === 'object' && value !== null && 'processID' in value);
interface Connection {
  processID: number;
  query: (...given: unknown[]) => unknown;
}
const result = z.custom<Promise<unknown>>((value) => value instanceof Promise);
const connectionsMax = 5;

/** Opens all connections of a process at once, so that when one is opened never plays a part. */
export async function openSimulatedDatabase(
  url: string,
  tools: { turns: Turns; locks: Locks; rewrite: Rewrite; onWrite: () => void },
): Promise<SimulatedDatabase> {
  const db = createDatabase(url, connectionsMax);
  let open = 0;
  let underWay = 0;
  const process: SimulatedDatabase = {
    db,
    actor: null,
    isBusy: () => underWay > 0 || db.pool.totalCount > open,
    close: () => db.close(),
  };
  const counted = async (act: () => Promise<unknown>): Promise<unknown> => {
    underWay += 1;
    try {
      return await act();
    } finally {
      underWay -= 1;
    }
  };
  db.pool.on('connect', (client) => {
    open += 1;
    const wire = new Wire(connection.parse(client), { ...tools, process, counted });
    Object.assign(client, { query: wire.query });
  });
  db.pool.on('remove', () => {
    open -= 1;
  });
  const clients = await Promise.all(Array.from({ length: connectionsMax }, () => db.pool.connect()));
  for (const client of clients) client.release();
  // Prisma makes itself ready at its first question.
  await db.prisma.job.count();
  return process;
}

type Callback = (error: unknown, result?: unknown) => void;

interface WireTools {
  turns: Turns;
  locks: Locks;
  rewrite: Rewrite;
  /** Told after each statement that may have changed what others see. */
  onWrite: () => void;
  process: SimulatedDatabase;
  counted: (act: () => Promise<unknown>) => Promise<unknown>;
}

/** One connection. A transaction that has lost an answer is broken, as it is when its connection breaks: it can only be taken back. */
class Wire {
  readonly #plain: (...given: unknown[]) => unknown;
  readonly #pid: number;
  readonly #tools: WireTools;
  #transaction: 'none' | 'open' | 'broken' = 'none';
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: Connection, tools: WireTools) {
    this.#plain = client.query.bind(client);
    this.#pid = client.processID;
    this.#tools = tools;
  }

  readonly query = (...given: unknown[]): unknown => {
    const last = given.at(-1);
    const args = isCallback(last) ? given.slice(0, -1) : given;
    const answer = this.#last.then(() => this.#send(args));
    this.#last = answer.catch(() => undefined);
    if (!isCallback(last)) return answer;
    answer.then(
      (rows) => last(null, rows),
      (error: unknown) => last(error),
    );
    return undefined;
  };

  #send(args: readonly unknown[]): Promise<unknown> {
    const { process, counted, turns } = this.#tools;
    const { actor } = process;
    const text = textOf(args);
    const verb = verbOf(text);
    const ends = verb === 'COMMIT' || verb === 'ROLLBACK';
    if (actor === null) return this.#plainly(args);
    if (actor.isDead || this.#transaction === 'broken') {
      const error = actor.isDead ? new Dead() : lost();
      if (!ends || this.#transaction === 'none') return Promise.reject(error);
      this.#transaction = 'none';
      return counted(() => this.#plainly(['ROLLBACK'])).then((rows) => (verb === 'ROLLBACK' ? rows : Promise.reject(error)));
    }
    if (verb === 'BEGIN') this.#transaction = 'open';
    if (verb === 'BEGIN' || verb === 'ROLLBACK') {
      if (verb === 'ROLLBACK') this.#transaction = 'none';
      return counted(() => this.#plainly(args)).finally(() => verb === 'ROLLBACK' && this.#tools.onWrite());
    }
    const touches = this.#touches(verb);
    return turns.hand<unknown>({ actor, touches, name: titleOf(text, verb) }, (fault, answer) =>
      this.#take(args, { fault, touches, actor, answer }),
    );
  }

  #touches(verb: string): Touches {
    if (verb === 'COMMIT') return 'commit';
    if (verb !== 'WRITE') return 'read';
    return this.#transaction === 'open' ? 'write' : 'commit';
  }

  async #take(args: readonly unknown[], turn: { fault: Fault; touches: Touches; actor: Actor; answer: Answer<unknown> }): Promise<void> {
    const { fault, touches, actor, answer } = turn;
    if (fault === 'dieBefore') actor.die();
    if (actor.isDead) return answer.reject(new Dead());
    if (fault === 'error' || (fault === 'cut' && touches !== 'commit')) {
      if (this.#transaction === 'open') this.#transaction = 'broken';
      return answer.reject(lost());
    }
    const isCommit = verbOf(textOf(args)) === 'COMMIT';
    const sent = this.#plainly(this.#rewritten(args));
    await this.#tools.locks.wait({ pid: this.#pid, actor, sent }, async () => {
      if (isCommit) this.#transaction = 'none';
      if (touches !== 'read') this.#tools.onWrite();
      if (fault === 'dieAfter') actor.die();
      if (actor.isDead) answer.reject(new Dead());
      else if (fault === 'cut') answer.reject(lost());
      else await sent.then(answer.resolve, answer.reject);
    });
  }

  #plainly(args: readonly unknown[]): Promise<unknown> {
    return result.parse(this.#plain(...args));
  }

  /** A planted defect may send something else. */
  #rewritten(args: readonly unknown[]): readonly unknown[] {
    const [query, values] = args;
    const named = statement.safeParse(query).data;
    const given = named?.values ?? (Array.isArray(values) ? values : []);
    const changed = this.#tools.rewrite({ text: textOf(args), values: given });
    if (changed === null) return args;
    return [{ ...(typeof query === 'object' ? query : {}), name: undefined, text: changed.text, values: [...changed.values] }];
  }
}

const statement = z.looseObject({ text: z.string(), values: z.array(z.unknown()).optional() });

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

function textOf([query]: readonly unknown[]): string {
  return typeof query === 'string' ? query : (statement.safeParse(query).data?.text ?? '');
}

function verbOf(text: string): 'BEGIN' | 'COMMIT' | 'ROLLBACK' | 'WRITE' | 'READ' {
  const start = text.trimStart().slice(0, 8).toUpperCase();
  for (const verb of ['BEGIN', 'COMMIT', 'ROLLBACK'] as const) if (start.startsWith(verb)) return verb;
  return /^(?:INSERT|UPDATE|DELETE|WITH)\b/i.test(text.trimStart()) || /\bFOR UPDATE\b/.test(text) ? 'WRITE' : 'READ';
}

/** `UPDATE job`, `SELECT deployment`, for the trace. */
function titleOf(text: string, verb: string): string {
  if (verb === 'COMMIT') return verb;
  const found = /\b(INSERT INTO|UPDATE|DELETE FROM|FROM)\s+(?:"public"\.)?"?(\w+)/i.exec(text);
  const act = found?.[1]?.toUpperCase() ?? 'SELECT';
  return `${act === 'FROM' ? 'SELECT' : act} ${found?.[2] ?? ''}`;
}

function lost(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' });
}
