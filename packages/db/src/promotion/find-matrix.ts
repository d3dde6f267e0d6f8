import { healthOfRollout } from '@flow/core/promotion';
import type { RunningIn } from '@flow/core/promotion';
import { rolloutPhase } from '@flow/core/rollout';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/**
 * Which services the matrix shows.
 * - `behind`: those of which a newer build runs in an environment below another one.
 * - `mixed`: those whose regions do not all run the same version in some environment.
 * - `degraded`: those of which a release is degraded somewhere.
 * - `drifted`: those of which something runs otherwise than it was deployed, without anybody having accepted that.
 * - `held`: those that a person keeps at a version somewhere, or of which something in quarantine runs.
 */
export const matrixShow = z.enum(['all', 'behind', 'mixed', 'degraded', 'drifted', 'held']);

export interface MatrixQuery {
  search: string;
  show: z.infer<typeof matrixShow>;
  tier?: number | undefined;
  /** The last slug of the page before. */
  cursor?: string | undefined;
  limit: number;
}

const matrixService = z.object({ id: z.string(), slug: z.string(), name: z.string(), tier: z.number(), owner: z.string() });
type MatrixService = z.infer<typeof matrixService>;

/** Services in the order of their slugs of which the matrix is to show something. A condition is tried service by service until the page is full. */
export async function listMatrixServices(
  reader: Tx,
  tenantId: string,
  query: MatrixQuery,
): Promise<{ items: MatrixService[]; nextCursor: string | null }> {
  const { search, show, tier = null, cursor = '', limit } = query;
  const rows = await reader.$queryRaw`
    SELECT s.id, s.slug, s.name, s.tier, s.owner FROM service s
    WHERE s.tenant_id = ${tenantId} AND s.archived_at IS NULL AND s.slug > ${cursor}
      AND (${search} = '' OR strpos(lower(s.slug), lower(${search})) > 0 OR strpos(lower(s.name), lower(${search})) > 0)
      AND (${tier}::int IS NULL OR s.tier = ${tier}::int)
      AND (${show} <> 'behind' OR EXISTS (
        WITH place AS (
          SELECT e.position, e.kind, max(a.created_at) AS built FROM running_version r
          JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id AND e.archived_at IS NULL
          JOIN artifact a ON a.tenant_id = r.tenant_id AND a.id = r.artifact_id
          WHERE r.tenant_id = ${tenantId} AND r.service_id = s.id
          GROUP BY e.id, e.position, e.kind
        )
        SELECT 1 FROM place here JOIN place below
          ON below.position < here.position AND below.kind <> 'ephemeral' AND below.built > here.built
      ))
      AND (${show} <> 'mixed' OR EXISTS (
        SELECT 1 FROM running_version r
        JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id AND e.archived_at IS NULL
        WHERE r.tenant_id = ${tenantId} AND r.service_id = s.id
        GROUP BY e.id
        HAVING count(DISTINCT r.artifact_id) > 1
          OR count(*) < (SELECT count(*) FROM target t WHERE t.tenant_id = ${tenantId} AND t.environment_id = e.id)
      ))
      AND (${show} <> 'degraded' OR EXISTS (
        SELECT 1 FROM running_version r
        JOIN target t ON t.tenant_id = r.tenant_id AND t.id = r.target_id
        JOIN observed_object o ON o.tenant_id = r.tenant_id AND o.cluster_id = t.cluster_id AND o.resource = 'rollouts'
          AND o.namespace = t.namespace AND o.name = s.slug AND o.deleted_at IS NULL
        WHERE r.tenant_id = ${tenantId} AND r.service_id = s.id AND o.view->>'phase' = 'Degraded'
      ))
      AND (${show} <> 'drifted' OR EXISTS (
        SELECT 1 FROM drift WHERE drift.tenant_id = ${tenantId} AND drift.service_id = s.id AND drift.open_key IS NOT NULL AND drift.adopted_at IS NULL
      ))
      AND (${show} <> 'held' OR EXISTS (
        SELECT 1 FROM pin WHERE pin.tenant_id = ${tenantId} AND pin.service_id = s.id AND pin.open_place IS NOT NULL
      ) OR EXISTS (
        SELECT 1 FROM running_version r JOIN quarantine q ON q.tenant_id = r.tenant_id AND q.open_digest = r.digest
        WHERE r.tenant_id = ${tenantId} AND r.service_id = s.id
      ))
    ORDER BY s.slug LIMIT ${limit + 1}`;
  const items = z.array(matrixService).parse(rows);
  return { items: items.slice(0, limit), nextCursor: items.length > limit ? (items[limit - 1]?.slug ?? null) : null };
}

const runningRow = z.object({
  serviceId: z.string(),
  environmentId: z.string(),
  region: z.string(),
  artifactId: z.string(),
  deploymentId: z.string(),
  version: z.string(),
  digest: z.string(),
  since: z.date(),
  builtAt: z.date(),
  isQuarantined: z.boolean(),
  /** Null where no Rollout was seen, or where its cluster cannot be reached: what was seen last may be long past. */
  phase: rolloutPhase.nullable().catch(null),
});

/** What runs of the given services in environments that are not archived, with when it was built and how it is: one query for a page of them. */
export async function listRunningInPlaces(
  reader: Tx,
  tenantId: string,
  serviceIds: readonly string[],
): Promise<(RunningIn & { serviceId: string })[]> {
  if (serviceIds.length === 0) return [];
  const rows = await reader.$queryRaw`
    SELECT r.service_id AS "serviceId", r.environment_id AS "environmentId", r.region, r.artifact_id AS "artifactId",
      r.deployment_id AS "deploymentId", r.version, r.digest, r.since, a.created_at AS "builtAt",
      EXISTS (SELECT 1 FROM quarantine q WHERE q.tenant_id = r.tenant_id AND q.open_digest = r.digest) AS "isQuarantined",
      CASE WHEN c.health = 'unreachable' THEN NULL ELSE o.view->>'phase' END AS phase
    FROM running_version r
    JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id
    JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id AND e.archived_at IS NULL
    JOIN artifact a ON a.tenant_id = r.tenant_id AND a.id = r.artifact_id
    LEFT JOIN target t ON t.tenant_id = r.tenant_id AND t.id = r.target_id
    LEFT JOIN cluster c ON c.id = t.cluster_id
    LEFT JOIN observed_object o ON o.tenant_id = r.tenant_id AND o.cluster_id = t.cluster_id AND o.resource = 'rollouts'
      AND o.namespace = t.namespace AND o.name = s.slug AND o.deleted_at IS NULL
    WHERE r.tenant_id = ${tenantId} AND r.service_id = ANY(${[...serviceIds]}::text[])`;
  return z
    .array(runningRow)
    .parse(rows)
    .map(({ phase, ...row }) => ({ ...row, health: healthOfRollout(phase === null ? null : { phase }) }));
}
