import type { Database, Tx } from '../client/index.ts';

/** What the job is called that looks at the way back of a service in a target. */
export function wayBackKey({ serviceId, targetId }: { serviceId: string; targetId: string }): string {
  return `${serviceId}/${targetId}`;
}

/** Has the way back of a service in these targets looked at. */
export async function wakeWayBacks(
  tx: Tx,
  tenantId: string,
  { serviceId, targetIds, at }: { serviceId: string; targetIds: readonly string[]; at: Date },
): Promise<void> {
  if (targetIds.length === 0) return;
  const keys = targetIds.map((targetId) => wayBackKey({ serviceId, targetId })).toSorted();
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'wayBack', key, ${tenantId}, ${at}, 1, 0 FROM unnest(${keys}::text[]) AS wanted(key)
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}

/** Has the ways back of these services looked at, wherever they run. One statement. */
export async function wakeWayBacksOfServices(
  tx: Tx,
  tenantId: string,
  { serviceIds, at }: { serviceIds: readonly string[]; at: Date },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'wayBack', service_id || '/' || target_id, tenant_id, ${at}, 1, 0 FROM running_version
    WHERE tenant_id = ${tenantId} AND service_id = ANY(${[...serviceIds]}::text[])
    ORDER BY 2
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}

/** Has the ways back of every service looked at that has this digest among its artifacts: it may be what they lead to. */
export async function wakeWayBacksOfDigest(tx: Tx, tenantId: string, { digest, at }: { digest: string; at: Date }): Promise<void> {
  const owners = await tx.artifact.findMany({ where: { tenantId, digest }, select: { serviceId: true }, distinct: ['serviceId'] });
  await wakeWayBacksOfServices(tx, tenantId, { serviceIds: owners.map(({ serviceId }) => serviceId), at });
}

/**
 * Has looked at what is due, over all tenants: what was never looked at, what runs something else than it did then, and what was looked at long ago.
 * What waits to be looked at already, or was set aside, is left. How many it woke.
 */
export async function wakeDueWayBacks(db: Database, { at, limit }: { at: Date; limit: number }): Promise<number> {
  return db.prisma.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'wayBack', r.service_id || '/' || r.target_id, r.tenant_id, ${at}, 1, 0 FROM running_version r
    JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id AND s.archived_at IS NULL
    JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id AND e.archived_at IS NULL
    JOIN target t ON t.tenant_id = r.tenant_id AND t.id = r.target_id
    LEFT JOIN way_back w ON w.tenant_id = r.tenant_id AND w.service_id = r.service_id AND w.target_id = r.target_id
    WHERE (w.light IS NULL OR w.next_at <= ${at} OR w.deployment_id <> r.deployment_id)
      AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'wayBack' AND j.key = r.service_id || '/' || r.target_id)
    ORDER BY w.next_at NULLS FIRST LIMIT ${limit}
    ON CONFLICT (kind, key) DO NOTHING`;
}
