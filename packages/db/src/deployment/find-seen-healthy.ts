import type { SeenHealthy } from '@flow/core/deployment';
import type { Tx } from '../client/index.ts';

/** Which of the deployments were seen healthy in this target and not taken back since; those without a record are left out. */
export async function findSeenHealthy(
  reader: Tx,
  tenantId: string,
  { targetId, deploymentIds }: { targetId: string; deploymentIds: readonly string[] },
): Promise<SeenHealthy> {
  const rows = await reader.targetDeployment.findMany({
    where: { tenantId, targetId, deploymentId: { in: [...deploymentIds] } },
    select: { deploymentId: true, state: true },
  });
  return new Map(rows.map((row) => [row.deploymentId, row.state === 'healthy']));
}
