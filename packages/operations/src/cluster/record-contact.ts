import { healthOf } from '@flow/core/cluster';
import { findCluster } from '@flow/db/cluster';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { recordClusterHealth } from './record-health.ts';

export const recordClusterContactInput = z.strictObject({
  clusterId: z.string().min(1).max(64),
  /** What keeps it from being followed, with a reason for people; null when nothing does. */
  trouble: z.strictObject({ health: z.enum(['unreachable', 'degraded']), reason: z.string().max(500) }).nullable(),
});

/** Keeps whether the watch of a cluster has contact. With contact, the cluster is what its last test found; without one it is tested now. */
export async function recordClusterContact(ctx: OperationContext, input: z.input<typeof recordClusterContactInput>): Promise<void> {
  requireSystem(ctx);
  const { clusterId, trouble } = parseInput(recordClusterContactInput, input);
  const cluster = await findCluster(ctx.db.prisma, clusterId);
  if (cluster === null) throw notFound('cluster');
  if (trouble === null && cluster.capabilities.checks === undefined)
    await wake(ctx.db.prisma, { kind: 'clusterHealth', key: clusterId, tenantId: null, runAt: ctx.now });
  const found = trouble === null ? healthOf(cluster.capabilities.checks ?? null) : { health: trouble.health, healthReason: trouble.reason };
  await recordClusterHealth(ctx, { clusterId, ...found, capabilities: null });
}
