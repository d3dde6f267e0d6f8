import { configurationSnapshot } from '@flow/core/deployment';
import type { DeployedIn } from '@flow/core/promotion';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

const comparedService = z.object({ id: z.string(), slug: z.string(), name: z.string() });
type ComparedService = z.infer<typeof comparedService>;

/** Services of which something runs in one of the environments, in the order of their slugs from the cursor on. */
export async function listServicesIn(
  reader: Tx,
  tenantId: string,
  query: { environmentIds: readonly string[]; search: string; cursor: string; limit: number },
): Promise<ComparedService[]> {
  const { environmentIds, search, cursor, limit } = query;
  const rows = await reader.$queryRaw`
    SELECT s.id, s.slug, s.name FROM service s
    WHERE s.tenant_id = ${tenantId} AND s.archived_at IS NULL AND s.slug > ${cursor}
      AND (${search} = '' OR strpos(lower(s.slug), lower(${search})) > 0 OR strpos(lower(s.name), lower(${search})) > 0)
      AND EXISTS (
        SELECT 1 FROM running_version r
        WHERE r.tenant_id = ${tenantId} AND r.service_id = s.id AND r.environment_id = ANY(${[...environmentIds]}::text[])
      )
    ORDER BY s.slug LIMIT ${limit}`;
  return z.array(comparedService).parse(rows);
}

const configuredRow = z.object({
  serviceId: z.string(),
  environmentId: z.string(),
  targetId: z.string(),
  region: z.string(),
  artifactId: z.string(),
  version: z.string(),
  digest: z.string(),
  deploymentId: z.string(),
  builtAt: z.date(),
  snapshot: z.unknown(),
  replicas: z.number().nullable(),
});

/** What runs of the services in the environments, with the configuration that it was deployed with and how many pods are wanted. */
export async function listConfigured(
  reader: Tx,
  tenantId: string,
  places: { serviceIds: readonly string[]; environmentIds: readonly string[] },
): Promise<(DeployedIn & { serviceId: string; environmentId: string })[]> {
  if (places.serviceIds.length === 0) return [];
  const rows = await reader.$queryRaw`
    SELECT r.service_id AS "serviceId", r.environment_id AS "environmentId", r.target_id AS "targetId", r.region,
      r.artifact_id AS "artifactId", r.version, r.digest, r.deployment_id AS "deploymentId", a.created_at AS "builtAt", d.snapshot,
      (o.view->'replicas'->>'desired')::int AS replicas
    FROM running_version r
    JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id
    JOIN artifact a ON a.tenant_id = r.tenant_id AND a.id = r.artifact_id
    LEFT JOIN deployment d ON d.tenant_id = r.tenant_id AND d.id = r.deployment_id
    LEFT JOIN target t ON t.tenant_id = r.tenant_id AND t.id = r.target_id
    LEFT JOIN observed_object o ON o.tenant_id = r.tenant_id AND o.cluster_id = t.cluster_id AND o.resource = 'rollouts'
      AND o.namespace = t.namespace AND o.name = s.slug AND o.deleted_at IS NULL
    WHERE r.tenant_id = ${tenantId} AND r.service_id = ANY(${[...places.serviceIds]}::text[])
      AND r.environment_id = ANY(${[...places.environmentIds]}::text[])
    ORDER BY a.created_at DESC, r.region`;
  return z
    .array(configuredRow)
    .parse(rows)
    .map(({ snapshot, ...row }) => {
      const deployedWith = configurationSnapshot.safeParse(snapshot).data;
      const chart = { chartVersion: deployedWith?.chart.version ?? '', chartDigest: deployedWith?.chart.digest ?? '' };
      return { ...row, ...chart, values: deployedWith?.values[row.targetId] ?? null };
    });
}
