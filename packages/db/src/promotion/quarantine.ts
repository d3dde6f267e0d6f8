import type { InQuarantine } from '@flow/core/verdict';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

export interface NewQuarantine {
  id: string;
  digest: string;
  reason: string;
  placedBy: string;
  placedByName: string;
  placedAt: Date;
}

/** Puts a digest into quarantine; false when it is in one already. */
export async function insertQuarantine(tx: Tx, tenantId: string, quarantine: NewQuarantine): Promise<boolean> {
  const { count } = await tx.quarantine.createMany({
    data: [{ tenantId, openDigest: quarantine.digest, ...quarantine }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** Releases a digest from its quarantine; false when it is in none. */
export async function saveRelease(
  tx: Tx,
  tenantId: string,
  release: { digest: string; reason: string; by: string; byName: string; at: Date },
): Promise<boolean> {
  const { count } = await tx.quarantine.updateMany({
    where: { tenantId, openDigest: release.digest },
    data: {
      openDigest: null,
      releaseReason: release.reason,
      releasedBy: release.by,
      releasedByName: release.byName,
      releasedAt: release.at,
    },
  });
  return count === 1;
}

/** The quarantine that an artifact is in, or null. Without an artifact the newest one of the service is meant, as for a preview. */
export async function findQuarantineOf(
  reader: Tx,
  tenantId: string,
  { artifactId, serviceId }: { artifactId: string | null; serviceId: string },
): Promise<InQuarantine | null> {
  const artifact = await reader.artifact.findFirst({
    where: { tenantId, serviceId, ...(artifactId === null ? {} : { id: artifactId }) },
    select: { digest: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  if (artifact === null) return null;
  return reader.quarantine.findUnique({
    where: { tenantId_openDigest: { tenantId, openDigest: artifact.digest } },
    select: { reason: true, placedByName: true },
  });
}

export interface QuarantineRow {
  id: string;
  reason: string;
  placedByName: string;
  placedAt: Date;
  releasedByName: string | null;
  releasedAt: Date | null;
  releaseReason: string | null;
}

/** Every quarantine that a digest was in, newest first. */
export function listQuarantines(reader: Tx, tenantId: string, digest: string): Promise<QuarantineRow[]> {
  return reader.quarantine.findMany({
    where: { tenantId, digest },
    select: { id: true, reason: true, placedByName: true, placedAt: true, releasedByName: true, releasedAt: true, releaseReason: true },
    orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
    take: 20,
  });
}

const digestRow = z.object({
  serviceId: z.string(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  environmentId: z.string(),
  environmentName: z.string(),
  region: z.string(),
  version: z.string(),
  deploymentId: z.string(),
  since: z.date(),
});
export type DigestRunning = z.infer<typeof digestRow>;

/** Where a digest runs: in every service, environment and region of the tenant. */
export async function listRunningDigest(reader: Tx, tenantId: string, digest: string): Promise<DigestRunning[]> {
  const rows = await reader.$queryRaw`
    SELECT r.service_id AS "serviceId", s.slug AS "serviceSlug", s.name AS "serviceName", r.environment_id AS "environmentId",
      e.name AS "environmentName", r.region, r.version, r.deployment_id AS "deploymentId", r.since
    FROM running_version r
    JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id
    JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id
    WHERE r.tenant_id = ${tenantId} AND r.digest = ${digest}
    ORDER BY s.slug, e.position, r.region LIMIT 500`;
  return z.array(digestRow).parse(rows);
}

/** Everything that takes the digest somewhere and has not ended is looked at again. One statement. */
export async function wakeDeploymentsOfDigest(tx: Tx, tenantId: string, { digest, at }: { digest: string; at: Date }): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'deployment', d.id, d.tenant_id, ${at}, 1, 0 FROM deployment d
    JOIN artifact a ON a.tenant_id = d.tenant_id AND a.id = d.artifact_id
    WHERE d.tenant_id = ${tenantId} AND a.digest = ${digest}
      AND d.state IN ('preparing', 'awaitingApproval', 'held', 'deploying', 'baking', 'paused')
    ORDER BY d.id
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}
