import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findCluster, saveClusterConnection } from '@flow/db/cluster';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';
import { clusterConnectionInput, clusterCredentialPlace } from './register.ts';

export const replaceCredentialInput = z.strictObject({ clusterId: z.string().min(1).max(64), connection: clusterConnectionInput });

/**
 * Gives Flow another credential (and authority) for a cluster, and has it tested. The address stays: what runs there would be looked for on another
 * machine otherwise.
 */
export async function replaceCredential(
  ctx: OperationContext,
  input: z.input<typeof replaceCredentialInput>,
  sealer: Sealer,
): Promise<void> {
  requirePlatformAdmin(ctx);
  const { clusterId, connection } = parseInput(replaceCredentialInput, input);
  const { credential, ...open } = connection;
  await inTransaction(ctx.db, async (tx) => {
    const cluster = await findCluster(tx, clusterId);
    if (cluster === null) throw notFound('cluster');
    if (cluster.server !== open.server)
      throw new FlowError({
        code: 'conflict',
        message: `This credential is for ${open.server}, but ${cluster.name} is at ${cluster.server}: register the other one as a cluster of its own`,
      });
    const sealedCredential = sealer.seal(JSON.stringify(credential), clusterCredentialPlace(clusterId));
    await saveClusterConnection(tx, clusterId, { connection: open, sealedCredential });
    await wake(tx, { kind: 'clusterHealth', key: clusterId, tenantId: null, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'cluster.reconnect',
      subject: `cluster:${clusterId}`,
      summary: `Cluster ${cluster.name} was given a new credential`,
      after: { credential: credential.kind },
    });
  });
}
