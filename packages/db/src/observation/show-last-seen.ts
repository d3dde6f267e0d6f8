import type { Tx } from '../client/index.ts';

/**
 * Gives a target that begins the view of its rollout when the cluster already has what this deployment makes: after the database was taken back to an earlier
 * moment, nothing would change in the cluster any more, and so nothing would be told.
 */
export async function showLastSeen(tx: Tx, target: { tenantId: string; id: string }): Promise<void> {
  await tx.$executeRaw`
    UPDATE target_deployment td
    SET observed = rollout.view, rollout_uid = rollout.view->>'uid', pod_hash = NULLIF(rollout.view->>'currentPodHash', '')
    FROM observed_object rollout
    WHERE td.tenant_id = ${target.tenantId} AND td.id = ${target.id}
      AND rollout.tenant_id = td.tenant_id AND rollout.cluster_id = td.cluster_id AND rollout.resource = 'rollouts' AND rollout.namespace = td.namespace
      AND rollout.name = td.release_name AND rollout.deleted_at IS NULL AND rollout.view->>'deploymentId' = td.deployment_id`;
}
