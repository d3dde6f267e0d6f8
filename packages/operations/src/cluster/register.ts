import { clusterPurposeSet } from '@flow/core/cluster';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findClusterByName, insertCluster, saveClusterConnection } from '@flow/db/cluster';
import type { NewCluster } from '@flow/db/cluster';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';

/** How a cluster is reached: nothing in it runs or reads anything. */
export const clusterConnectionInput = z.strictObject({
  server: z.string().max(2_048),
  caPem: z.string().max(65_536).nullable(),
  credential: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('token'), token: z.string().min(1).max(16_384) }),
    z.strictObject({ kind: z.literal('certificate'), certPem: z.string().max(65_536), keyPem: z.string().max(65_536) }),
  ]),
});

export const registerClusterInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes'),
  region: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes'),
  /** What it is for: pipelines, releases, or both. */
  purposes: clusterPurposeSet.default(['pipelines', 'releases']),
  connection: clusterConnectionInput,
});

/** Where the credential of a cluster is sealed to. */
export function clusterCredentialPlace(clusterId: string): { table: string; column: string; rowId: string } {
  return { table: 'cluster', column: 'sealed_credential', rowId: clusterId };
}

/**
 * Registers a cluster with its credential sealed to its own row (JSON of `credential`), and has it tested soon. Registered again under its name,
 * region and address it keeps its targets and gets the new credential; another address under a known name is refused.
 */
export async function registerCluster(
  ctx: OperationContext,
  input: z.input<typeof registerClusterInput>,
  sealer: Sealer,
): Promise<{ clusterId: string }> {
  requirePlatformAdmin(ctx);
  const { name, region, purposes, connection } = parseInput(registerClusterInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const { credential, ...open } = connection;
    const sealFor = (clusterId: string): string => sealer.seal(JSON.stringify(credential), clusterCredentialPlace(clusterId));
    const newId = ctx.newId();
    const isNew = await insertCluster(tx, {
      id: newId,
      name,
      region,
      purposes,
      connection: open,
      sealedCredential: sealFor(newId),
      createdAt: ctx.now,
    });
    const clusterId = isNew ? newId : await sameCluster(tx, { name, region, purposes, connection: open });
    if (!isNew) await saveClusterConnection(tx, clusterId, { connection: open, sealedCredential: sealFor(clusterId) });
    await wake(tx, { kind: 'clusterHealth', key: clusterId, tenantId: null, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: isNew ? 'cluster.register' : 'cluster.reconnect',
      subject: `cluster:${clusterId}`,
      summary: isNew ? `Cluster ${name} in ${region} was registered` : `Cluster ${name} in ${region} was given a new credential`,
      after: { name, region, purposes, server: open.server },
    });
    return { clusterId };
  });
}

/** The cluster of this name, if it is the one that is meant: its targets would move to another machine otherwise. */
async function sameCluster(tx: Tx, wanted: Pick<NewCluster, 'name' | 'region' | 'purposes' | 'connection'>): Promise<string> {
  const known = await findClusterByName(tx, wanted.name);
  const isSamePlace = known !== null && known.region === wanted.region && known.server === wanted.connection.server;
  if (isSamePlace && known.purposes.join() === wanted.purposes.join()) return known.id;
  throw new FlowError({
    code: 'conflict',
    message: 'Another cluster has this name',
    fields: [{ path: 'name', message: 'already in use by a cluster with another region, address or purpose' }],
  });
}
