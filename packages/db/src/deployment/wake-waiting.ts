import { platformTenantId } from '../audit/index.ts';
import type { Tx } from '../client/index.ts';

/** States in which a deployment may wait for what rules say: before its start, or between two waves. */
const waiting = ['awaitingApproval', 'held', 'baking'];

/** Everything of the tenant that waits for what rules say is looked at again; of every tenant when it is the platform's. One statement, however many wait. */
export async function wakeWaiting(tx: Tx, tenantId: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'deployment', id, tenant_id, ${at}, 1, 0 FROM deployment
    WHERE state = ANY(${waiting}) AND (tenant_id = ${tenantId} OR ${tenantId === platformTenantId})
    ORDER BY id
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}

/** Something that gates look at has come about for the service: what waits of it is looked at again. */
export async function wakeWaitingOfService(tx: Tx, tenantId: string, { serviceId, at }: { serviceId: string; at: Date }): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'deployment', id, tenant_id, ${at}, 1, 0 FROM deployment
    WHERE tenant_id = ${tenantId} AND service_id = ${serviceId} AND state = ANY(${waiting})
    ORDER BY id
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}
