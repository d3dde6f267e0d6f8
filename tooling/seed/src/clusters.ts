import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { clusterPurposes, healthOf } from '@flow/core/cluster';
import type { ClusterPurpose } from '@flow/core/cluster';
import { listClusters, saveClusterConnection } from '@flow/db/cluster';
import { executorRole, probeCluster } from '@flow/delivery/access';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import { contextNames, parseKubeconfig } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { clusterCredentialPlace, recordClusterHealth, registerCluster } from '@flow/operations/cluster';
import { platformTenantId } from '@flow/operations/context';
import type { SeedCluster, SeedContext } from './context.ts';

interface Found {
  name: string;
  connection: ClusterConnection;
}

/** Registers the clusters of the demo, or tells the ones that are known their address of this start, and tests them. */
export async function connectClusters(context: SeedContext): Promise<SeedCluster[]> {
  const ctx = context.operation(platformTenantId);
  const known = await listClusters(ctx.db.prisma);
  const clusters: SeedCluster[] = [];
  for (const { name, connection } of await findClusters(context)) {
    await using client = connectCluster(connection);
    if (context.kubeconfigPath === null) await prepareSandbox(client);
    const purposes = await purposesOf(client);
    const before = known.find((cluster) => cluster.name === name);
    const id = before?.id ?? (await registerCluster(ctx, { name, region: name, purposes, connection }, context.sealer)).clusterId;
    if (before !== undefined) await reconnect(context, id, connection);
    await test(context, { clusterId: id, client, purposes });
    clusters.push({ id, region: name, purposes });
  }
  return clusters;
}

/** The clusters of the demo, by the names that they have in it. */
export async function findClusters({ kubeconfigPath, sandboxKubeconfigs }: SeedContext): Promise<Found[]> {
  if (kubeconfigPath !== null) {
    const text = await readFile(kubeconfigPath, 'utf8');
    return contextNames(text).map((name) => ({ name, connection: readConnection(text, name) }));
  }
  return Promise.all(
    sandboxKubeconfigs.map(async (path) => ({ name: basename(dirname(path)), connection: readConnection(await readFile(path, 'utf8')) })),
  );
}

function readConnection(text: string, context?: string): ClusterConnection {
  const parsed = parseKubeconfig(text, context);
  if (!parsed.ok) throw new Error(`The kubeconfig of the demo cannot be read: ${JSON.stringify(parsed.faults)}`);
  return parsed.connection;
}

/** On the sandbox nobody else prepares the cluster. */
async function prepareSandbox(client: ClusterClient): Promise<void> {
  const made = await client.create({ kind: kinds.clusterRoles }, executorRole);
  if (!made.ok && made.reason !== 'AlreadyExists') throw new Error(`The role of the executors was not made: ${made.detail}`);
}

/** A cluster is for what it has the engines of. */
async function purposesOf(client: ClusterClient): Promise<ClusterPurpose[]> {
  const { offers } = await probeCluster(client, []);
  const has = { pipelines: offers.workflows, releases: offers.rollouts } as const satisfies Record<ClusterPurpose, boolean>;
  return clusterPurposes.filter((purpose) => has[purpose]);
}

async function reconnect(context: SeedContext, id: string, { credential, ...connection }: ClusterConnection): Promise<void> {
  const sealedCredential = context.sealer.seal(JSON.stringify(credential), clusterCredentialPlace(id));
  await saveClusterConnection(context.operation(platformTenantId).db.prisma, id, { connection, sealedCredential });
}

interface Tested {
  clusterId: string;
  client: ClusterClient;
  purposes: readonly ClusterPurpose[];
}

async function test(context: SeedContext, { clusterId, client, purposes }: Tested): Promise<void> {
  const { version, account, offers, checks } = await probeCluster(client, purposes);
  await recordClusterHealth(context.operation(platformTenantId), {
    clusterId,
    ...healthOf(checks),
    capabilities: { version, account, ...offers, checks: [...checks] },
  });
}
