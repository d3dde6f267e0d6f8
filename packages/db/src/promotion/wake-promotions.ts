import type { Tx } from '../client/index.ts';

/** Something has changed on which the promotion of a service by rule depends. One statement; where no rule promotes, nothing is woken. */
export async function wakePromotionsOf(tx: Tx, tenantId: string, { serviceId, at }: { serviceId: string; at: Date }): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'promotion', ${serviceId}, ${tenantId}, ${at}, 1, 0
    WHERE EXISTS (
      SELECT 1 FROM policy WHERE tenant_id = ${tenantId} AND kind = 'promotion' AND archived_at IS NULL AND enforcement = 'enforce'
    )
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}

/** Policies or the promotion path have changed: every service that runs where a rule promotes from is looked at again. One statement, however many. */
export async function wakePromotions(tx: Tx, tenantId: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT DISTINCT 'promotion', r.service_id, r.tenant_id, ${at}::timestamptz, 1, 0
    FROM policy p
    JOIN running_version r ON r.tenant_id = p.tenant_id AND r.environment_id = p.document->>'fromId'
    WHERE p.tenant_id = ${tenantId} AND p.kind = 'promotion' AND p.archived_at IS NULL AND p.enforcement = 'enforce'
    ORDER BY r.service_id
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}
