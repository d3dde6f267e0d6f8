import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** What a cluster can run, as last tested. */
export const clusterCapabilities = z.strictObject({
  version: z.string().optional(),
  workflows: z.boolean().optional(),
  rollouts: z.boolean().optional(),
  virtualMachines: z.boolean().optional(),
  missing: z.array(z.string()).optional(),
});
export type ClusterCapabilities = z.infer<typeof clusterCapabilities>;

export const clusterHealth = z.enum(['unknown', 'healthy', 'degraded', 'unreachable']);
export type ClusterHealth = z.infer<typeof clusterHealth>;

/** A connection without anything secret: where it is and whom to trust. */
export const clusterConnection = z.strictObject({ server: z.string(), caPem: z.string().nullable() });
export type ClusterConnection = z.infer<typeof clusterConnection>;

/** A cluster as people may see it: nothing of its credential. */
export interface ClusterRow {
  id: string;
  name: string;
  region: string;
  server: string;
  health: ClusterHealth;
  healthReason: string | null;
  checkedAt: Date | null;
  capabilities: ClusterCapabilities;
  createdAt: Date;
}

const clusterSelect = {
  id: true,
  name: true,
  region: true,
  connection: true,
  health: true,
  healthReason: true,
  checkedAt: true,
  capabilities: true,
  createdAt: true,
} as const;

interface Selected {
  id: string;
  name: string;
  region: string;
  connection: unknown;
  health: string;
  healthReason: string | null;
  checkedAt: Date | null;
  capabilities: unknown;
  createdAt: Date;
}

function toCluster({ connection, ...row }: Selected): ClusterRow {
  return {
    ...row,
    server: clusterConnection.parse(connection).server,
    health: clusterHealth.parse(row.health),
    capabilities: clusterCapabilities.parse(row.capabilities),
  };
}

/** Every cluster of the installation by region and name. */
export async function listClusters(reader: Tx): Promise<ClusterRow[]> {
  return (await reader.cluster.findMany({ select: clusterSelect, orderBy: [{ region: 'asc' }, { name: 'asc' }], take: 500 })).map(
    toCluster,
  );
}

/** The clusters that the tenant's environments have targets in. */
export async function listClustersOfTenant(reader: Tx, tenantId: string): Promise<ClusterRow[]> {
  const rows = await reader.cluster.findMany({
    where: { targets: { some: { tenantId } } },
    select: clusterSelect,
    orderBy: [{ region: 'asc' }, { name: 'asc' }],
    take: 500,
  });
  return rows.map(toCluster);
}

/** One cluster, or null. */
export async function findCluster(reader: Tx, id: string): Promise<ClusterRow | null> {
  const row = await reader.cluster.findUnique({ where: { id }, select: clusterSelect });
  return row === null ? null : toCluster(row);
}

/** The cluster of this name, or null. */
export async function findClusterByName(reader: Tx, name: string): Promise<ClusterRow | null> {
  const row = await reader.cluster.findUnique({ where: { name }, select: clusterSelect });
  return row === null ? null : toCluster(row);
}

/** Which of the ids name a registered cluster, each with its region. */
export async function findClusterRegions(reader: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await reader.cluster.findMany({ where: { id: { in: [...ids] } }, select: { id: true, region: true } });
  return new Map(rows.map((row) => [row.id, row.region]));
}

/** Connection and sealed credential, for the process that opens the connection; null when there is no such cluster. */
export async function findClusterConnection(
  reader: Tx,
  id: string,
): Promise<{ id: string; name: string; connection: ClusterConnection; sealedCredential: string } | null> {
  const row = await reader.cluster.findUnique({
    where: { id },
    select: { id: true, name: true, connection: true, sealedCredential: true },
  });
  return row === null ? null : { ...row, connection: clusterConnection.parse(row.connection) };
}

export interface NewCluster {
  id: string;
  name: string;
  region: string;
  connection: ClusterConnection;
  sealedCredential: string;
  createdAt: Date;
}

/** Adds a cluster; false when the name is taken. */
export async function insertCluster(tx: Tx, cluster: NewCluster): Promise<boolean> {
  const { count } = await tx.cluster.createMany({ data: [cluster], skipDuplicates: true });
  return count === 1;
}

/** Writes what the last test of the cluster found. */
export async function saveClusterHealth(
  tx: Tx,
  id: string,
  found: { health: ClusterHealth; healthReason: string | null; capabilities: ClusterCapabilities | null; checkedAt: Date },
): Promise<void> {
  const { capabilities, ...rest } = found;
  // Its age counts from the change, however often the same is found again.
  await tx.cluster.updateMany({ where: { id, health: { not: found.health } }, data: { healthSince: found.checkedAt } });
  await tx.cluster.updateMany({ where: { id }, data: capabilities === null ? rest : { ...rest, capabilities } });
}

/** Ids of the tenants with a target in the cluster: who is told when its health changes. */
export async function listTenantsOfCluster(reader: Tx, clusterId: string): Promise<string[]> {
  const rows = await reader.target.findMany({ where: { clusterId }, select: { tenantId: true }, distinct: ['tenantId'] });
  return rows.map((row) => row.tenantId);
}

/** Changes how a cluster is reached: its address, its authority or its credential. */
export async function saveClusterConnection(
  tx: Tx,
  id: string,
  change: { connection: ClusterConnection; sealedCredential: string },
): Promise<void> {
  await tx.cluster.updateMany({ where: { id }, data: change });
}
