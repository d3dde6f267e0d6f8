import { frameTypes } from '@flow/core/stream';
import type { Frame } from '@flow/core/stream';
import { z } from 'zod';
import type { Database } from '../client/index.ts';

/** Place in the event log after which a reader goes on: `<txId>.<position>`. */
export interface Cursor {
  txId: bigint;
  position: bigint;
}

/** Reads `<txId>.<position>`; undefined when the text is not a cursor. */
export function parseCursor(text: string): Cursor | undefined {
  const match = /^(\d{1,19})\.(\d{1,19})$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { txId: BigInt(match[1]), position: BigInt(match[2]) };
}

export function formatCursor(cursor: Cursor): string {
  return `${cursor.txId}.${cursor.position}`;
}

export interface LoggedEvent extends Frame {
  cursor: Cursor;
  tenantId: string;
}

const row = z.object({
  txId: z.coerce.bigint(),
  position: z.coerce.bigint(),
  tenantId: z.string(),
  topics: z.array(z.string()),
  type: z.enum(frameTypes),
  data: z.record(z.string(), z.unknown()),
  createdAt: z.date(),
});

// Events of a transaction that is still running stay out, and with them all later ones: only what lies below the oldest running
// transaction can no longer change, so a reader never passes over an event that commits late.
const selectAfter = `
  SELECT tx_id AS "txId", position, tenant_id AS "tenantId", topics, type, data, created_at AS "createdAt"
  FROM event
  WHERE (tx_id, position) > ($1::bigint, $2::bigint) AND tx_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`;

/** The next events after the cursor over all tenants, oldest first, at most `limit`. The hub of a web process reads with this. */
export async function eventsAfter(db: Database, cursor: Cursor, limit: number): Promise<LoggedEvent[]> {
  const result = await db.pool.query({
    name: 'events-after',
    text: `${selectAfter} ORDER BY tx_id, position LIMIT $3`,
    values: [cursor.txId, cursor.position, limit],
  });
  return result.rows.map(toEvent);
}

/** The same for the given topics of one tenant: what a browser missed while it was away. */
export async function eventsOfTopicsAfter(
  db: Database,
  tenantId: string,
  query: { topics: readonly string[]; cursor: Cursor; limit: number },
): Promise<LoggedEvent[]> {
  const result = await db.pool.query({
    name: 'events-of-topics-after',
    text: `${selectAfter} AND tenant_id = $3 AND topics && $4::text[] ORDER BY tx_id, position LIMIT $5`,
    values: [query.cursor.txId, query.cursor.position, tenantId, query.topics, query.limit],
  });
  return result.rows.map(toEvent);
}

/** The newest place that is safe to start from: every later event will be read, none before it. */
export async function currentCursor(db: Database): Promise<Cursor> {
  const result = await db.pool.query({
    name: 'events-cursor',
    text: `SELECT tx_id AS "txId", position FROM event WHERE tx_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY tx_id DESC, position DESC LIMIT 1`,
  });
  const found = z.object({ txId: z.coerce.bigint(), position: z.coerce.bigint() }).safeParse(result.rows[0]);
  return found.success ? found.data : { txId: 0n, position: 0n };
}

/**
 * Whether a reader may go on from the cursor and misses nothing: it lies between the oldest event that is kept and the newest one. One before has lost what was
 * deleted since; one after it comes from a database that was taken back to an earlier moment, or from another server, whose transactions count otherwise.
 */
export async function isOnLog(db: Database, cursor: Cursor): Promise<boolean> {
  const result = await db.pool.query({
    name: 'events-on-log',
    text: `
      SELECT
        ($1::bigint, $2::bigint) >= (SELECT tx_id, position FROM event ORDER BY tx_id, position LIMIT 1) AND
        ($1::bigint, $2::bigint) <= (
          SELECT tx_id, position FROM event WHERE tx_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
          ORDER BY tx_id DESC, position DESC LIMIT 1
        ) AS "isOnLog"`,
    values: [cursor.txId, cursor.position],
  });
  return z.object({ isOnLog: z.boolean().nullable() }).parse(result.rows[0]).isOnLog ?? cursor.txId === 0n;
}

function toEvent(input: unknown): LoggedEvent {
  const { txId, position, createdAt, ...rest } = row.parse(input);
  const cursor = { txId, position };
  return { ...rest, cursor, id: formatCursor(cursor), at: createdAt.toISOString() };
}
