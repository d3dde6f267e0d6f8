import type { Database } from '../client/index.ts';

/** What is deleted when it has grown old. Everything else stays: it is history, or ends with what it belongs to. */
export const forgotten = ['events', 'answers', 'sessions', 'logs'] as const;
export type Forgotten = (typeof forgotten)[number];

// Each deletes the oldest first by an index, and no more at once than a lock may be held for.
const statements: Readonly<Record<Forgotten, string>> = {
  events: `DELETE FROM event WHERE position IN (SELECT position FROM event WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
  answers: `
    DELETE FROM idempotency_key WHERE (tenant_id, user_id, key) IN
      (SELECT tenant_id, user_id, key FROM idempotency_key WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
  sessions: `DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
  logs: `
    DELETE FROM log_chunk WHERE (tenant_id, run_id, step_id, ordinal) IN
      (SELECT tenant_id, run_id, step_id, ordinal FROM log_chunk WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
};

/** Deletes what is older, of every tenant, at most `limit` rows. Gives how many went. */
export async function forget(db: Database, what: Forgotten, { before, limit }: { before: Date; limit: number }): Promise<number> {
  const { rowCount } = await db.pool.query({ name: `forget-${what}`, text: statements[what], values: [before, limit] });
  return rowCount ?? 0;
}
