import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { insertCluster } from '@flow/db/cluster';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';

/** A connection that was rebuilt from a kubeconfig: nothing in it runs or reads anything. */
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
  connection: z.strictObject({
    server: z.string().max(2_048),
    caPem: z.string().max(65_536).nullable(),
    credential: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('token'), token: z.string().min(1).max(16_384) }),
      z.strictObject({ kind: z.literal('certificate'), certPem: z.string().max(65_536), keyPem: z.string().max(65_536) }),
    ]),
  }),
});

/** Where the credential of a cluster is sealed to. */
export function clusterCredentialPlace(clusterId: string): { table: string; column: string; rowId: string } {
  return { table: 'cluster', column: 'sealed_credential', rowId: clusterId };
}

/** Registers a cluster with its credential sealed to its own row (JSON of `credential`), and has it tested soon. */
export async function registerCluster(
  ctx: OperationContext,
  input: z.input<typeof registerClusterInput>,
  sealer: Sealer,
): Promise<{ clusterId: string }> {
  requirePlatformAdmin(ctx);
  const { name, region, connection } = parseInput(registerClusterInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const clusterId = ctx.newId();
    const { credential, ...open } = connection;
    const sealedCredential = sealer.seal(JSON.stringify(credential), clusterCredentialPlace(clusterId));
    if (!(await insertCluster(tx, { id: clusterId, name, region, connection: open, sealedCredential, createdAt: ctx.now }))) {
      throw new FlowError({
        code: 'conflict',
        message: 'Another cluster has this name',
        fields: [{ path: 'name', message: 'already in use' }],
      });
    }
    await wake(tx, { kind: 'clusterHealth', key: clusterId, tenantId: null, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'cluster.register',
      subject: `cluster:${clusterId}`,
      summary: `Cluster ${name} in ${region} was registered`,
      after: { name, region, server: open.server },
    });
    return { clusterId };
  });
}
