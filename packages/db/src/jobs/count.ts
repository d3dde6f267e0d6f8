import { z } from 'zod';
import type { Database } from '../client/index.ts';
import { jobKinds } from './wake.ts';

const counted = z.object({
  kind: z.enum(jobKinds),
  state: z.enum(['due', 'running', 'later', 'dead']),
  count: z.number().int(),
  oldestDueSeconds: z.number().nullable(),
});
/** How many jobs of a kind are in a state, and for how long the oldest due one has been due. */
export type CountedJobs = z.infer<typeof counted>;

/** Counts the queue by kind and state: due (a worker could take it now), running (held by one), later, dead (set aside after too many failures). */
export async function countJobs(db: Database): Promise<CountedJobs[]> {
  const result = await db.pool.query({
    name: 'jobs-count',
    text: `
      SELECT kind, state, count(*)::int AS count,
        CASE WHEN state = 'due' THEN EXTRACT(EPOCH FROM now() - min(run_at))::double precision END AS "oldestDueSeconds"
      FROM (
        SELECT kind, run_at, CASE
          WHEN dead_at IS NOT NULL THEN 'dead' WHEN locked_until >= now() THEN 'running' WHEN run_at <= now() THEN 'due' ELSE 'later' END AS state
        FROM job
      ) AS each
      GROUP BY kind, state ORDER BY kind, state`,
  });
  return result.rows.map((row) => counted.parse(row));
}
