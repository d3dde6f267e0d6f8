import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** A release that runs, and what it is to be compared with. */
const comparedRelease = z.object({
  tenantId: z.string(),
  serviceId: z.string(),
  targetId: z.string(),
  environmentId: z.string(),
  region: z.string(),
  clusterId: z.string(),
  namespace: z.string(),
  releaseName: z.string(),
  /** The deployment that was applied there last: the one that runs, or one that has failed there and was left for a person to look at. */
  deploymentId: z.string(),
});
export type ComparedRelease = z.infer<typeof comparedRelease>;

/**
 * Releases of a cluster that are due to be compared, those of each tenant in turn: never compared, deployed anew since, asked for by a person, or last looked
 * at before `before`. Where a deployment moves nothing is due.
 * platform-wide: one worker compares all that runs in a cluster; each row carries its tenant.
 */
export async function listDueReleases(reader: Tx, due: { clusterId: string; before: Date; limit: number }): Promise<ComparedRelease[]> {
  const rows = await reader.$queryRaw`
    SELECT "tenantId", "serviceId", "targetId", "environmentId", region, "clusterId", namespace, "releaseName", "deploymentId" FROM (
      SELECT r.tenant_id AS "tenantId", r.service_id AS "serviceId", r.target_id AS "targetId", r.environment_id AS "environmentId", r.region,
        t.cluster_id AS "clusterId", t.namespace, s.slug AS "releaseName", applied.deployment_id AS "deploymentId", d.tried_at,
        row_number() OVER (PARTITION BY r.tenant_id ORDER BY d.tried_at NULLS FIRST, r.target_id, r.service_id) AS turn
      FROM running_version r
      JOIN target t ON t.tenant_id = r.tenant_id AND t.id = r.target_id
      JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id AND s.archived_at IS NULL
      JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id AND e.archived_at IS NULL
      CROSS JOIN LATERAL (
        SELECT COALESCE((
          SELECT CASE WHEN ended.state = 'failed' AND ended.release_revision IS NOT NULL THEN ended.deployment_id END
          FROM target_deployment ended
          WHERE ended.tenant_id = r.tenant_id AND ended.target_id = r.target_id AND ended.release_name = s.slug
            AND ended.state IN ('healthy', 'failed', 'rolledBack') AND ended.finished_at IS NOT NULL
          ORDER BY ended.finished_at DESC LIMIT 1
        ), r.deployment_id) AS deployment_id
      ) AS applied
      LEFT JOIN drift_scan d ON d.tenant_id = r.tenant_id AND d.service_id = r.service_id AND d.target_id = r.target_id
      WHERE t.cluster_id = ${due.clusterId}
        AND (d.tried_at IS NULL OR d.tried_at < ${due.before} OR d.deployment_id <> applied.deployment_id OR d.asked_at > d.tried_at)
        AND NOT EXISTS (
          SELECT 1 FROM deployment moving
          WHERE moving.tenant_id = r.tenant_id AND moving.active_place = r.service_id || '/' || r.environment_id
        )
    ) AS due
    ORDER BY turn, tried_at NULLS FIRST LIMIT ${due.limit}`;
  return z.array(comparedRelease).parse(rows);
}

/** One release that runs, or null when nothing of the service runs in the target. */
export async function findRunningRelease(
  reader: Tx,
  tenantId: string,
  { serviceId, targetId }: { serviceId: string; targetId: string },
): Promise<(ComparedRelease & { isMoving: boolean }) | null> {
  const running = await reader.runningVersion.findUnique({ where: { tenantId_serviceId_targetId: { tenantId, serviceId, targetId } } });
  const target = await reader.target.findUnique({ where: { tenantId_id: { tenantId, id: targetId } } });
  const service = await reader.service.findUnique({ where: { tenantId_id: { tenantId, id: serviceId } } });
  if (running === null || target === null || service === null) return null;
  const { environmentId, region } = running;
  const ended = await reader.targetDeployment.findFirst({
    where: { tenantId, targetId, releaseName: service.slug, state: { in: ['healthy', 'failed', 'rolledBack'] }, finishedAt: { not: null } },
    orderBy: { finishedAt: 'desc' },
    select: { state: true, releaseRevision: true, deploymentId: true },
  });
  const hasFailed = ended !== null && ended.state === 'failed' && ended.releaseRevision !== null;
  const deploymentId = hasFailed ? ended.deploymentId : running.deploymentId;
  const { clusterId, namespace } = target;
  const place = { tenantId, serviceId, targetId, environmentId, region, clusterId, namespace, releaseName: service.slug, deploymentId };
  const movingCount = await reader.deployment.count({ where: { tenantId, activePlace: `${serviceId}/${environmentId}` } });
  return { ...place, isMoving: movingCount > 0 };
}
