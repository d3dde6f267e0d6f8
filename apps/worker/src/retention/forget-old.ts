import type { Database } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { forget, forgotten } from '@flow/db/retention';
import type { Forgotten } from '@flow/db/retention';
import type { Logger } from 'pino';
import type { JobHandler } from '../jobs/run-jobs.ts';

export interface RetentionDependencies {
  db: Database;
  log: Logger;
  now: () => Date;
  /** How long the lines of a step are kept. */
  keepLogsDays: number;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const rowsAtOnce = 5_000;

/** Has one worker delete what is old now, and from then on every hour. */
export function wakeRetention({ db, now }: Pick<RetentionDependencies, 'db' | 'now'>): Promise<void> {
  return wake(db.prisma, { kind: 'retention', key: 'all', tenantId: null, runAt: now() });
}

/**
 * Deletes what is kept no longer, oldest first, in short transactions. A page that was away for longer than events are kept loads itself anew; an answer is
 * kept for as long as a client may send its mutation again; of a session that is over, its end stays visible for a month.
 */
export function forgetOld(dependencies: RetentionDependencies): JobHandler {
  const keptForMs: Readonly<Record<Forgotten, number>> = {
    events: dayMs,
    answers: dayMs,
    sessions: 30 * dayMs,
    logs: dependencies.keepLogsDays * dayMs,
  };
  return async (_job, signal) => {
    const startedAt = dependencies.now();
    for (const what of forgotten) {
      const before = new Date(startedAt.getTime() - keptForMs[what]);
      let count = 0;
      for (let gone = rowsAtOnce; gone === rowsAtOnce && !signal.aborted; count += gone)
        gone = await forget(dependencies.db, what, { before, limit: rowsAtOnce });
      if (count > 0) dependencies.log.info({ what, count, before }, 'deleted what is kept no longer');
    }
    return { kind: 'waiting', until: new Date(dependencies.now().getTime() + (signal.aborted ? 0 : hourMs)) };
  };
}
