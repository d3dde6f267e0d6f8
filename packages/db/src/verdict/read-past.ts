import { pastOutcome } from '@flow/core/backtest';
import { factsVersion, unpackFactsOf } from '@flow/core/rule';
import type { PastVerdict } from '@flow/core/rule';
import { z } from 'zod';
import type { Database } from '../client/index.ts';
import type { Place } from '../paging/index.ts';

/** Which part of the past: newest first, from the place where the part before ended. */
export interface PastQuery {
  moments: readonly ('started' | 'wave')[];
  /** The other deployments of the facts are read too: only few rules look at them. */
  readsOthers: boolean;
  /** Of these services and environments only; empty for all. */
  serviceIds: readonly string[];
  environmentIds: readonly string[];
  /** Where the part before ended; null for the newest. */
  before: Place | null;
  limit: number;
}

/** A part of the past, and where the next one begins; null when this was the last. */
export interface PastPart {
  verdicts: PastVerdict[];
  next: Place | null;
}

// One row for the whole part: the rows are put together by Postgres, on a processor of its own, and parsed at once. The driver's price for each row would be
// as high as that of the verdict itself.
const selectPart = (readsOthers: boolean): string => `
  WITH part AS (
    SELECT id, deployment_id, at, outcome, facts, ${readsOthers ? 'others' : `'[]' AS others`} FROM kept_verdict
    WHERE tenant_id = $1 AND moment = ANY($2) AND facts_version = $3 AND deployment_id IS NOT NULL
      AND at <= $4 AND (at < $4 OR id < $5)
      AND (cardinality($6::text[]) = 0 OR service_id = ANY($6)) AND (cardinality($7::text[]) = 0 OR environment_id = ANY($7))
    ORDER BY at DESC, id DESC LIMIT $8
  )
  SELECT count(*)::int AS count, min(at) AS "lastAt",
    (SELECT id FROM part ORDER BY at, id LIMIT 1) AS "lastId",
    '[' || string_agg('["' || deployment_id || '",' || (extract(epoch FROM at) * 1000)::bigint || ',' ||
      COALESCE('"' || outcome || '"', 'null') || ',' || facts || ',' || others || ']', ',' ORDER BY at DESC, id DESC) || ']' AS text
  FROM part`;

const partRow = z.object({ count: z.number(), lastAt: z.date().nullable(), lastId: z.string().nullable(), text: z.string().nullable() });

// The last instant that both Postgres and JavaScript know.
const farthest = new Date('9999-12-31T00:00:00Z');

/** One part of the past of the tenant, as backtests read it. */
export async function readPast(db: Database, tenantId: string, query: PastQuery): Promise<PastPart> {
  const { moments, readsOthers, serviceIds, environmentIds, before, limit } = query;
  const found = await db.pool.query({
    name: readsOthers ? 'past-with-others' : 'past',
    text: selectPart(readsOthers),
    values: [tenantId, moments, factsVersion, before?.at ?? farthest, before?.id ?? '', serviceIds, environmentIds, limit],
  });
  const { count, lastAt, lastId, text } = partRow.parse(found.rows[0]);
  const next = count < limit || lastAt === null || lastId === null ? null : { at: lastAt, id: lastId };
  return { verdicts: text === null ? [] : parsePart(tenantId, text), next };
}

/** Identifiers and facts were written by Flow itself: no text of people stands outside of the facts, which are JSON already. */
function parsePart(tenantId: string, text: string): PastVerdict[] {
  // Put together by the statement above, and by nothing else.
  const rows = JSON.parse(text) as [string, number, string | null, unknown, unknown][];
  return rows.map(([deploymentId, at, outcome, facts, others]) => ({
    deploymentId,
    tenantId,
    at: new Date(at),
    outcome: pastOutcome.parse(outcome),
    facts: unpackFactsOf(facts, others),
  }));
}

/** How many past verdicts there are to be looked at. */
export function countPast(
  db: Database,
  tenantId: string,
  query: Pick<PastQuery, 'moments' | 'serviceIds' | 'environmentIds'>,
): Promise<number> {
  const { moments, serviceIds, environmentIds } = query;
  return db.prisma.keptVerdict.count({
    where: {
      tenantId,
      moment: { in: [...moments] },
      factsVersion,
      deploymentId: { not: null },
      ...(serviceIds.length === 0 ? {} : { serviceId: { in: [...serviceIds] } }),
      ...(environmentIds.length === 0 ? {} : { environmentId: { in: [...environmentIds] } }),
    },
  });
}
