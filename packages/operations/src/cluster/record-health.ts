import { clusterHealth } from '@flow/core/cluster';
import { inTransaction } from '@flow/db/client';
import { clusterCapabilities, findCluster, listTenantsOfCluster, saveClusterHealth } from '@flow/db/cluster';
import { wakeCatchUps } from '@flow/db/deployment';
import { appendEvents } from '@flow/db/events';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const recordClusterHealthInput = z.strictObject({
  clusterId: z.string().min(1).max(64),
  health: clusterHealth,
  /** Why it is not healthy, as people read it; never the text of a response. */
  healthReason: z.string().max(500).nullable(),
  /** Null when the test did not get that far: what was known stays. */
  capabilities: clusterCapabilities.nullable(),
});

/** Keeps what the worker's test of a cluster found; every tenant with a target there is told when the health changes. What it has missed is caught up when it is back. */
export async function recordClusterHealth(ctx: OperationContext, input: z.input<typeof recordClusterHealthInput>): Promise<void> {
  requireSystem(ctx);
  const { clusterId, ...found } = parseInput(recordClusterHealthInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const before = await findCluster(tx, clusterId);
    if (before === null) throw notFound('cluster');
    await saveClusterHealth(tx, clusterId, { ...found, checkedAt: ctx.now });
    if (before.health === found.health && before.healthReason === found.healthReason) return;
    if (before.health === 'unreachable' && found.health !== 'unreachable') await wakeCatchUps(tx, ctx.now);
    const summary =
      found.healthReason === null ? `${before.name} is ${found.health}` : `${before.name} is ${found.health}: ${found.healthReason}`;
    await recordChange(ctx, tx, {
      action: 'cluster.health',
      subject: `cluster:${clusterId}`,
      summary,
      before: { health: before.health },
      after: { health: found.health },
    });
    const tenantIds = await listTenantsOfCluster(tx, clusterId);
    await appendEvents(
      tx,
      tenantIds.map((tenantId) => ({
        tenantId,
        topics: [`tenant:${tenantId}`],
        type: 'cluster.changed' as const,
        data: { clusterId, health: found.health, reason: found.healthReason },
      })),
    );
  });
}
