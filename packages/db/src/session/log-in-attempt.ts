import { z } from 'zod';
import type { Database } from '../client/index.ts';

// One statement, so that attempts at the same instant are counted one after the other. Old rows go with it: the table stays as small
// as the attempts of the last minutes.
const countAttempt = `
  WITH swept AS (DELETE FROM log_in_attempt WHERE started_at < $2::timestamptz - interval '10 minutes')
  INSERT INTO log_in_attempt (key, count, started_at) VALUES ($1, 1, $2)
  ON CONFLICT (key) DO UPDATE
  SET count = CASE WHEN log_in_attempt.started_at <= $2::timestamptz - interval '1 minute' THEN 1 ELSE log_in_attempt.count + 1 END,
      started_at = CASE WHEN log_in_attempt.started_at <= $2::timestamptz - interval '1 minute' THEN $2 ELSE log_in_attempt.started_at END
  RETURNING count`;

/** Counts one attempt under the key and says how many there were in the minute that runs, this one included. Stands outside the caller's transaction. */
export async function countLogInAttempt(db: Database, key: string, now: Date): Promise<number> {
  const result = await db.pool.query({ name: 'log-in-attempt', text: countAttempt, values: [key, now] });
  return z.object({ count: z.number() }).parse(result.rows[0]).count;
}
