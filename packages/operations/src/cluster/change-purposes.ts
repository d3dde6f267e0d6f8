import { clusterPurposeSet } from '@flow/core/cluster';
import type { ClusterPurpose } from '@flow/core/cluster';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findCluster, findClusterUses, lockCluster, saveClusterPurposes } from '@flow/db/cluster';
import type { ClusterUses } from '@flow/db/cluster';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const changePurposesInput = z.strictObject({ clusterId: z.string().min(1).max(64), purposes: clusterPurposeSet });

/** Changes what a cluster is for, and has it tested for that. What uses it keeps it to what it is. */
export async function changePurposes(ctx: OperationContext, input: z.input<typeof changePurposesInput>): Promise<void> {
  requirePlatformAdmin(ctx);
  const { clusterId, purposes } = parseInput(changePurposesInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lockCluster(tx, clusterId);
    const cluster = await findCluster(tx, clusterId);
    if (cluster === null) throw notFound('cluster');
    refuseWhileUsed(await findClusterUses(tx, clusterId), purposes);
    await saveClusterPurposes(tx, clusterId, purposes);
    await wake(tx, { kind: 'clusterHealth', key: clusterId, tenantId: null, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'cluster.purposes',
      subject: `cluster:${clusterId}`,
      summary: `Cluster ${cluster.name} is for ${purposes.join(' and ')} now`,
      before: { purposes: cluster.purposes },
      after: { purposes },
    });
  });
}

/** Refuses to take from a cluster what something needs it for. */
export function refuseWhileUsed({ environments, openRunCount }: ClusterUses, kept: readonly ClusterPurpose[]): void {
  const [first] = environments;
  if (first !== undefined && !kept.includes('releases'))
    throw new FlowError({
      code: 'precondition',
      message: `${environments.length} environments have a target here, such as ${first.environmentName} of ${first.tenantName}: archive them or give them other targets first`,
    });
  if (openRunCount > 0 && !kept.includes('pipelines'))
    throw new FlowError({
      code: 'precondition',
      message: `${openRunCount} runs here have not ended: wait for them, or cancel them`,
    });
}
