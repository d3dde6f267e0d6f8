import { anyDeployment, endOf } from '@flow/core/queue';
import type { Tx } from '../client/index.ts';

/** States in which a deployment may wait for another one. */
const waiting = ['preparing', 'awaitingApproval', 'held', 'baking'];

/**
 * A deployment has begun, moved on or ended: everything that waits for just that is looked at again, and what is of the same service. One statement;
 * what waits for something else is not disturbed.
 */
export async function wakeAfterDeployment(
  tx: Tx,
  tenantId: string,
  { deploymentId, serviceId, at }: { deploymentId: string; serviceId: string; at: Date },
): Promise<void> {
  const lifts = [endOf(deploymentId), anyDeployment];
  await tx.$executeRaw`
    INSERT INTO job (kind, key, tenant_id, run_at, generation, attempts)
    SELECT 'deployment', deployment.id, deployment.tenant_id, ${at}, 1, 0 FROM deployment
    WHERE deployment.tenant_id = ${tenantId} AND deployment.state = ANY(${waiting}) AND deployment.id <> ${deploymentId}
      AND (deployment.service_id = ${serviceId} OR EXISTS (
        SELECT 1 FROM policy_finding finding
        WHERE finding.tenant_id = deployment.tenant_id AND finding.deployment_id = deployment.id AND finding.ended_at IS NULL
          AND finding.waits_for && ${lifts}
      ))
    ORDER BY deployment.id
    ON CONFLICT (kind, key) DO UPDATE
    SET run_at = LEAST(job.run_at, EXCLUDED.run_at), generation = job.generation + 1, dead_at = NULL,
        attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`;
}
