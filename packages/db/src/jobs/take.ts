import { z } from 'zod';
import type { Database } from '../client/index.ts';
import { jobKinds } from './wake.ts';

/** A job that this worker holds until `lockedUntil`, unless it renews. */
export const takenJob = z.object({
  kind: z.enum(jobKinds),
  key: z.string(),
  tenantId: z.string().nullable(),
  generation: z.number(),
  attempts: z.number(),
  /** The trace of whoever woke it, for the first run that serves the wake. */
  traceparent: z.string().nullish(),
});
export type TakenJob = z.infer<typeof takenJob>;

/** How long a job belongs to a worker that does not renew it: what a crash costs at most. */
export const jobLeaseMs = 20_000;
const attemptsMax = 25;

// By the clock of Postgres, so that the clocks of the workers do not decide. Fair between tenants: each tenant's oldest due job
// comes before any tenant's second one.
const takeDue = `
  WITH due AS (
    SELECT kind, key, row_number() OVER (PARTITION BY tenant_id ORDER BY run_at) AS turn, run_at
    FROM job
    WHERE run_at <= now() AND dead_at IS NULL AND (locked_until IS NULL OR locked_until < now())
  ), picked AS (
    SELECT job.kind, job.key FROM job JOIN due USING (kind, key)
    WHERE job.run_at <= now() AND (job.locked_until IS NULL OR job.locked_until < now())
    ORDER BY due.turn, due.run_at LIMIT $2
    FOR UPDATE OF job SKIP LOCKED
  )
  UPDATE job SET locked_by = $1, locked_until = now() + ($3::int * interval '1 millisecond'), attempts = job.attempts + 1
  FROM picked WHERE job.kind = picked.kind AND job.key = picked.key
  RETURNING job.kind, job.key, job.tenant_id AS "tenantId", job.generation, job.attempts, job.traceparent`;

/** Takes up to `limit` due jobs for `holder`, so that no other worker has them for the time of the lease. */
export async function takeJobs(db: Database, holder: string, limit: number): Promise<TakenJob[]> {
  const result = await db.pool.query({ name: 'jobs-take', text: takeDue, values: [holder, limit, jobLeaseMs] });
  return result.rows.map((row) => takenJob.parse(row));
}

/** Keeps a job for another lease; false when it has passed to someone else, who must not be disturbed. */
export async function renewJob(db: Database, holder: string, job: TakenJob): Promise<boolean> {
  const result = await db.pool.query({
    name: 'jobs-renew',
    text: `UPDATE job SET locked_until = now() + ($4::int * interval '1 millisecond') WHERE kind = $1 AND key = $2 AND locked_by = $3`,
    values: [job.kind, job.key, holder, jobLeaseMs],
  });
  return result.rowCount === 1;
}

/**
 * Ends a run. Without `nextAt` the job is done and its row goes, unless it was woken meanwhile; with it the job sleeps until then.
 * The three ends of a run (done, waiting, failed) are three functions' results and never mixed: waiting does not count as failure.
 */
export async function finishJob(db: Database, holder: string, run: { job: TakenJob; nextAt?: Date | undefined }): Promise<void> {
  const { job, nextAt } = run;
  if (nextAt === undefined) {
    const deleted = await db.pool.query({
      name: 'jobs-done',
      text: 'DELETE FROM job WHERE kind = $1 AND key = $2 AND locked_by = $3 AND generation = $4',
      values: [job.kind, job.key, holder, job.generation],
    });
    if (deleted.rowCount === 1) return;
  }
  await db.pool.query({
    name: 'jobs-sleep',
    text: `UPDATE job SET locked_by = NULL, locked_until = NULL, attempts = 0,
             traceparent = CASE WHEN generation = $4 THEN NULL ELSE traceparent END,
             run_at = CASE WHEN generation = $4 AND $5::timestamptz IS NOT NULL THEN $5 ELSE LEAST(run_at, date_trunc('milliseconds', now())) END
           WHERE kind = $1 AND key = $2 AND locked_by = $3`,
    values: [job.kind, job.key, holder, job.generation, nextAt ?? null],
  });
}

/**
 * Puts a failed job back with exponential backoff (1 s doubling to 60 s, with jitter from `random`), or aside as dead after 25 failures. With `isTrouble`,
 * when something outside of Flow does not answer, it is tried for as long as that takes: what moves there is never given up.
 */
export async function failJob(
  db: Database,
  holder: string,
  failure: { job: TakenJob; message: string; random: number; isTrouble: boolean },
): Promise<void> {
  const { job, message, random, isTrouble } = failure;
  const delayMs = Math.min(60_000, 1_000 * 2 ** Math.min(job.attempts - 1, 6)) * (0.5 + random / 2);
  await db.pool.query({
    name: 'jobs-fail',
    text: `UPDATE job SET locked_by = NULL, locked_until = NULL, last_error = $4,
             run_at = now() + ($5::double precision * interval '1 millisecond'),
             dead_at = CASE WHEN attempts >= $6 AND NOT $7 THEN now() ELSE NULL END
           WHERE kind = $1 AND key = $2 AND locked_by = $3`,
    values: [job.kind, job.key, holder, message.slice(0, 2_000), delayMs, attemptsMax, isTrouble],
  });
}

/** When the next job becomes due, or its lease runs out: a worker sets its one timer to this. */
export async function nextDueAt(db: Database): Promise<Date | undefined> {
  const result = await db.pool.query({
    name: 'jobs-next',
    text: `SELECT min(GREATEST(run_at, COALESCE(locked_until, run_at))) AS at FROM job WHERE dead_at IS NULL`,
  });
  const found = z.object({ at: z.date() }).safeParse(result.rows[0]);
  return found.success ? found.data.at : undefined;
}
