import { inTransaction } from '@flow/db/client';
import { findCluster, findClusterUses, lockCluster, saveClusterRemoved } from '@flow/db/cluster';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { refuseWhileUsed } from './change-purposes.ts';

export const removeClusterInput = z.strictObject({ clusterId: z.string().min(1).max(64) });

/**
 * Takes away a cluster that nothing uses, and forgets its credential. Nothing in the cluster itself is touched. Its row stays under another name, for
 * the history of what was deployed there.
 */
export async function removeCluster(ctx: OperationContext, input: z.input<typeof removeClusterInput>): Promise<void> {
  requirePlatformAdmin(ctx);
  const { clusterId } = parseInput(removeClusterInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lockCluster(tx, clusterId);
    const cluster = await findCluster(tx, clusterId);
    if (cluster === null) throw notFound('cluster');
    refuseWhileUsed(await findClusterUses(tx, clusterId), []);
    await saveClusterRemoved(tx, clusterId, { name: `${cluster.name} (removed ${clusterId})`, at: ctx.now });
    await recordChange(ctx, tx, {
      action: 'cluster.remove',
      subject: `cluster:${clusterId}`,
      summary: `Cluster ${cluster.name} in ${cluster.region} was removed; what runs there stays`,
      before: { name: cluster.name, region: cluster.region, server: cluster.server },
    });
  });
}
