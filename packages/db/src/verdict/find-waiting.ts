import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** A deployment that waits for room under a limit and for nothing else, and starts by itself. */
export interface WaitingForLimit {
  limitId: string;
  deploymentId: string;
  tenantId: string;
  serviceId: string;
  serviceName: string;
  environmentName: string;
  askedAt: Date;
  regions: string[];
  clusterIds: string[];
}

const rows = z.array(
  z
    .object({
      limit_id: z.string(),
      deployment_id: z.string(),
      tenant_id: z.string(),
      service_id: z.string(),
      service_name: z.string(),
      environment_name: z.string(),
      asked_at: z.date(),
      regions: z.array(z.string()),
      cluster_ids: z.array(z.string()),
    })
    .transform((row) => ({
      limitId: row.limit_id,
      deploymentId: row.deployment_id,
      tenantId: row.tenant_id,
      serviceId: row.service_id,
      serviceName: row.service_name,
      environmentName: row.environment_name,
      askedAt: row.asked_at,
      regions: row.regions,
      clusterIds: row.cluster_ids,
    })),
);

const waitingMax = 5_000;

/**
 * Who waits now in the queues of the limits, without the given deployment: those that nothing else stands against. platform-wide: a limit of the
 * platform has one queue for all tenants; one of a tenant has only its own.
 */
export async function listWaitingForLimits(
  reader: Tx,
  tenantId: string,
  query: { limitIds: readonly string[]; notDeploymentId: string | null },
): Promise<WaitingForLimit[]> {
  const limitIds = [...query.limitIds];
  if (limitIds.length === 0) return [];
  const found = await reader.$queryRaw`
    WITH queued AS (
      SELECT DISTINCT ltd.id AS limit_id, finding.tenant_id, finding.deployment_id
      FROM unnest(${limitIds}::text[]) AS ltd(id)
      JOIN policy_finding finding ON finding.ended_at IS NULL AND finding.is_limit AND NOT finding.is_shadow
        AND (finding.policy_id = ltd.id OR (finding.policy_id = 'its-turn' AND 'queue:' || ltd.id = ANY(finding.waits_for)))
      JOIN policy ON policy.id = ltd.id AND policy.tenant_id IN (${tenantId}, 'platform')
      WHERE policy.tenant_id = 'platform' OR finding.tenant_id = ${tenantId}
    )
    SELECT queued.limit_id, deployment.id AS deployment_id, deployment.tenant_id, deployment.service_id, service.name AS service_name,
      environment.name AS environment_name, deployment.created_at AS asked_at,
      array_agg(DISTINCT target.region) AS regions, array_agg(DISTINCT target.cluster_id) AS cluster_ids
    FROM queued
    JOIN deployment ON deployment.tenant_id = queued.tenant_id AND deployment.id = queued.deployment_id
    JOIN service ON service.tenant_id = deployment.tenant_id AND service.id = deployment.service_id
    JOIN environment ON environment.tenant_id = deployment.tenant_id AND environment.id = deployment.environment_id
    JOIN target_deployment target ON target.tenant_id = deployment.tenant_id AND target.deployment_id = deployment.id
    WHERE deployment.state = 'held' AND deployment.starts_itself AND deployment.requested_action IS NULL
      AND deployment.id <> ${query.notDeploymentId ?? ''}
      AND NOT EXISTS (
        SELECT 1 FROM policy_finding other
        WHERE other.tenant_id = deployment.tenant_id AND other.deployment_id = deployment.id AND other.ended_at IS NULL
          AND NOT other.is_shadow AND NOT other.is_limit AND other.effect <> 'note'
      )
    GROUP BY queued.limit_id, deployment.id, deployment.tenant_id, deployment.service_id, service.name, environment.name, deployment.created_at
    ORDER BY deployment.created_at, deployment.id
    LIMIT ${waitingMax}`;
  return rows.parse(found);
}

/** Limits in whose queue somebody stands now who is of the tenant, or waits for a limit of the platform. platform-wide: see above. */
export async function listLimitsWaitedFor(reader: Tx, tenantId: string): Promise<string[]> {
  const found = await reader.$queryRaw`
    SELECT DISTINCT COALESCE(queue.limit_id, finding.policy_id) AS id
    FROM policy_finding finding
    LEFT JOIN LATERAL (
      SELECT substr(token, 7) AS limit_id FROM unnest(finding.waits_for) AS token WHERE token LIKE 'queue:%'
    ) AS queue ON finding.policy_id = 'its-turn'
    LEFT JOIN policy ON policy.tenant_id = 'platform' AND policy.id = COALESCE(queue.limit_id, finding.policy_id)
    WHERE finding.ended_at IS NULL AND finding.is_limit AND NOT finding.is_shadow
      AND (finding.tenant_id = ${tenantId} OR policy.id IS NOT NULL)
    LIMIT 1000`;
  return z
    .array(z.object({ id: z.string() }))
    .parse(found)
    .map(({ id }) => id);
}

const servedRows = z.array(
  z
    .object({ tenant_id: z.string(), service_id: z.string(), at: z.date() })
    .transform((row) => ({ tenantId: row.tenant_id, serviceId: row.service_id, at: row.at })),
);

/** When each service of the tenants had its last start since the given time. platform-wide: the turns of a limit of the platform go over all tenants. */
export async function listLastStarts(
  reader: Tx,
  tenantIds: readonly string[],
  since: Date,
): Promise<{ tenantId: string; serviceId: string; at: Date }[]> {
  const found = await reader.$queryRaw`
    SELECT tenant_id, service_id, max(at) AS at FROM kept_verdict
    WHERE tenant_id = ANY(${[...new Set(tenantIds)]}) AND moment = 'started' AND at >= ${since}
    GROUP BY tenant_id, service_id`;
  return servedRows.parse(found);
}
