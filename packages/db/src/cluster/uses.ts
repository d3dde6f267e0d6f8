import type { Tx } from '../client/index.ts';

/** What needs a cluster: environments with a target there, and runs that have not ended. */
export interface ClusterUses {
  environments: { tenantId: string; tenantName: string; environmentName: string }[];
  openRunCount: number;
}

const openRunStates = ['queued', 'running', 'waiting'];

/** What needs the cluster now. Archived environments do not: nothing is deployed there any more. */
export async function findClusterUses(reader: Tx, clusterId: string): Promise<ClusterUses> {
  const targets = await reader.target.findMany({
    where: { clusterId, environment: { archivedAt: null } },
    select: { tenantId: true, environment: { select: { name: true, tenant: { select: { name: true } } } } },
    orderBy: [{ tenantId: 'asc' }, { environmentId: 'asc' }],
    take: 200,
  });
  return {
    environments: targets.map(({ tenantId, environment }) => ({
      tenantId,
      tenantName: environment.tenant.name,
      environmentName: environment.name,
    })),
    openRunCount: await reader.pipelineRun.count({ where: { clusterId, state: { in: openRunStates } } }),
  };
}
