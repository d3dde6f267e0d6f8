import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Database, Tx } from './database.ts';

/** The time as Postgres has it, read without asking each time. Clocks of the machines that web and worker run on decide nothing. */
export interface DatabaseClock extends Disposable {
  now: () => Date;
}

const sampleEveryMs = 30_000;
const askAgainMs = 500;

/** What a clock is made from: Postgres, and a time of this process that only ever goes on evenly, whatever is done to the clock of the machine. */
export interface ClockSource {
  askedAt: () => Promise<Date>;
  steadyMs: () => number;
}

/**
 * Asks Postgres for the time, waiting until it answers, and from then on twice a minute; between two answers the steady time of the process is added.
 * An answer that was long on its way is as far off as half of that way at most.
 */
export async function openDatabaseClock(db: Database, source: ClockSource = sourceOf(db)): Promise<DatabaseClock> {
  let offsetMs = await firstOffset(source);
  const timer = setInterval(() => {
    offsetOf(source).then(
      (found) => {
        offsetMs = found;
      },
      // Postgres does not answer: the steady time goes on.
      () => undefined,
    );
  }, sampleEveryMs);
  timer.unref();
  return {
    now: () => new Date(Math.floor(source.steadyMs() + offsetMs)),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function sourceOf(db: Database): ClockSource {
  return { askedAt: () => timeIn(db.prisma), steadyMs: () => performance.now() };
}

async function firstOffset(source: ClockSource): Promise<number> {
  for (;;) {
    const found = await offsetOf(source).catch(() => null);
    if (found !== null) return found;
    await wait(askAgainMs);
  }
}

async function offsetOf({ askedAt, steadyMs }: ClockSource): Promise<number> {
  const before = steadyMs();
  const at = await askedAt();
  return at.getTime() - (before + steadyMs()) / 2;
}

const answered = z.array(z.object({ at: z.date() })).length(1);

/** The time by Postgres at this very statement, also late in a long transaction: what a start is decided by. */
export async function timeIn(reader: Tx): Promise<Date> {
  const rows = await reader.$queryRaw`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`;
  const [row] = answered.parse(rows);
  return row?.at ?? new Date(NaN);
}
