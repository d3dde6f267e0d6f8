import { clusterCheck, clusterHealth, clusterPurpose } from '@flow/core/cluster';
import type { ClusterHealth, ClusterPurpose } from '@flow/core/cluster';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** What a cluster can run, as last tested; nothing of it is there before the first test. */
export const clusterCapabilities = z.object({
  version: z.string().optional(),
  /** As whom the cluster knows Flow. */
  account: z.string().optional(),
  workflows: z.boolean().optional(),
  rollouts: z.boolean().optional(),
  virtualMachines: z.boolean().optional(),
  metrics: z.boolean().optional(),
  checks: z.array(clusterCheck).optional(),
});
export type ClusterCapabilities = z.infer<typeof clusterCapabilities>;

/** A connection without anything secret: where it is and whom to trust. */
export const clusterConnection = z.strictObject({ server: z.string(), caPem: z.string().nullable() });
export type ClusterConnection = z.infer<typeof clusterConnection>;

/** A cluster as people may see it: nothing of its credential. */
export interface ClusterRow {
  id: string;
  name: string;
  region: string;
  server: string;
  purposes: ClusterPurpose[];
  health: ClusterHealth;
  healthReason: string | null;
  /** When the health became what it is. */
  healthSince: Date | null;
  checkedAt: Date | null;
  capabilities: ClusterCapabilities;
  createdAt: Date;
}

const clusterSelect = {
  id: true,
  name: true,
  region: true,
  connection: true,
  purposes: true,
  health: true,
  healthReason: true,
  healthSince: true,
  checkedAt: true,
  capabilities: true,
  createdAt: true,
} as const;

interface Selected {
  id: string;
  name: string;
  region: string;
  connection: unknown;
  purposes: string[];
  health: string;
  healthReason: string | null;
  healthSince: Date | null;
  checkedAt: Date | null;
  capabilities: unknown;
  createdAt: Date;
}

function toCluster({ connection, ...row }: Selected): ClusterRow {
  return {
    ...row,
    server: clusterConnection.parse(connection).server,
    purposes: z.array(clusterPurpose).parse(row.purposes),
    health: clusterHealth.parse(row.health),
    capabilities: clusterCapabilities.parse(row.capabilities),
  };
}

/** Every cluster of the installation by region and name. */
export async function listClusters(reader: Tx): Promise<ClusterRow[]> {
  const rows = await reader.cluster.findMany({
    where: { removedAt: null },
    select: clusterSelect,
    orderBy: [{ region: 'asc' }, { name: 'asc' }],
    take: 500,
  });
  return rows.map(toCluster);
}

/** The clusters that the tenant's environments have targets in. */
export async function listClustersOfTenant(reader: Tx, tenantId: string): Promise<ClusterRow[]> {
  const rows = await reader.cluster.findMany({
    where: { removedAt: null, targets: { some: { tenantId } } },
    select: clusterSelect,
    orderBy: [{ region: 'asc' }, { name: 'asc' }],
    take: 500,
  });
  return rows.map(toCluster);
}

/** One cluster, or null. */
export async function findCluster(reader: Tx, id: string): Promise<ClusterRow | null> {
  const row = await reader.cluster.findUnique({ where: { id, removedAt: null }, select: clusterSelect });
  return row === null ? null : toCluster(row);
}

/** The cluster of this name, or null. */
export async function findClusterByName(reader: Tx, name: string): Promise<ClusterRow | null> {
  const row = await reader.cluster.findUnique({ where: { name }, select: clusterSelect });
  return row === null ? null : toCluster(row);
}

const regionRow = z.object({ id: z.string(), region: z.string() });

/** Which of the ids name a cluster that takes releases, each with its region. None of them can be removed until the transaction ends. */
export async function findReleaseRegions(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.$queryRaw`
    SELECT id, region FROM cluster WHERE id = ANY(${[...ids]}) AND removed_at IS NULL AND 'releases' = ANY(purposes) FOR SHARE`;
  return new Map(
    z
      .array(regionRow)
      .parse(rows)
      .map((row) => [row.id, row.region]),
  );
}

/** What the process that opens a connection needs. */
export interface StoredConnection {
  id: string;
  name: string;
  purposes: ClusterPurpose[];
  connection: ClusterConnection;
  sealedCredential: string;
}

/** Connection and sealed credential, for the process that opens the connection; null when there is no such cluster. */
export async function findClusterConnection(reader: Tx, id: string): Promise<StoredConnection | null> {
  const row = await reader.cluster.findUnique({
    where: { id, removedAt: null },
    select: { id: true, name: true, purposes: true, connection: true, sealedCredential: true },
  });
  if (row === null) return null;
  return { ...row, purposes: z.array(clusterPurpose).parse(row.purposes), connection: clusterConnection.parse(row.connection) };
}

/** Ids of the tenants with a target in the cluster: who is told when its health changes. */
export async function listTenantsOfCluster(reader: Tx, clusterId: string): Promise<string[]> {
  const rows = await reader.target.findMany({ where: { clusterId }, select: { tenantId: true }, distinct: ['tenantId'] });
  return rows.map((row) => row.tenantId);
}
