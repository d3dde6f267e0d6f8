import { inTransaction } from '@flow/db/client';
import { findCluster } from '@flow/db/cluster';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const testClusterInput = z.strictObject({ clusterId: z.string().min(1).max(64) });

/** Has a worker test the cluster now; what it finds shows as the cluster's health. */
export async function testCluster(ctx: OperationContext, input: z.input<typeof testClusterInput>): Promise<void> {
  requirePlatformAdmin(ctx);
  const { clusterId } = parseInput(testClusterInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const cluster = await findCluster(tx, clusterId);
    if (cluster === null) throw notFound('cluster');
    await wake(tx, { kind: 'clusterHealth', key: clusterId, tenantId: null, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'cluster.test',
      subject: `cluster:${clusterId}`,
      summary: `A test of ${cluster.name} was asked for`,
    });
  });
}
