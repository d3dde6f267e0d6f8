import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { listClusters, saveClusterConnection } from '@flow/db/cluster';
import { connectCluster, probeCluster } from '@flow/delivery/cluster';
import { parseKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { clusterCredentialPlace, recordClusterHealth, registerCluster } from '@flow/operations/cluster';
import { platformTenantId } from '@flow/operations/context';
import type { SeedCluster, SeedContext } from './context.ts';

/** Registers the sandbox clusters, or tells the ones that are known their address of this start, and tests them. */
export async function connectClusters(context: SeedContext): Promise<SeedCluster[]> {
  const ctx = context.operation(platformTenantId);
  const known = await listClusters(ctx.db.prisma);
  const clusters: SeedCluster[] = [];
  for (const path of context.kubeconfigPaths) {
    const connection = await readConnection(path);
    const name = basename(dirname(path));
    const before = known.find((cluster) => cluster.name === name);
    const id = before?.id ?? (await registerCluster(ctx, { name, region: name, connection }, context.sealer)).clusterId;
    if (before !== undefined) await reconnect(context, id, connection);
    await test(context, id, connection);
    clusters.push({ id, region: name });
  }
  return clusters;
}

async function readConnection(path: string): Promise<ClusterConnection> {
  const parsed = parseKubeconfig(await readFile(path, 'utf8'));
  if (!parsed.ok) throw new Error(`The kubeconfig of the sandbox cannot be read: ${JSON.stringify(parsed.faults)}`);
  return parsed.connection;
}

async function reconnect(context: SeedContext, id: string, { credential, ...connection }: ClusterConnection): Promise<void> {
  const sealedCredential = context.sealer.seal(JSON.stringify(credential), clusterCredentialPlace(id));
  await saveClusterConnection(context.operation(platformTenantId).db.prisma, id, { connection, sealedCredential });
}

async function test(context: SeedContext, clusterId: string, connection: ClusterConnection): Promise<void> {
  await using client = connectCluster(connection);
  const { version, offers, missing } = await probeCluster(client);
  const { workflows, rollouts, virtualMachines } = offers;
  await recordClusterHealth(context.operation(platformTenantId), {
    clusterId,
    health: 'healthy',
    healthReason: null,
    capabilities: { version, workflows, rollouts, virtualMachines, missing: missing.map((each) => each.what) },
  });
}
