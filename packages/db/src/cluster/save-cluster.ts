import type { ClusterHealth, ClusterPurpose } from '@flow/core/cluster';
import type { Tx } from '../client/index.ts';
import type { ClusterCapabilities, ClusterConnection } from './cluster.ts';

export interface NewCluster {
  id: string;
  name: string;
  region: string;
  purposes: readonly ClusterPurpose[];
  connection: ClusterConnection;
  sealedCredential: string;
  createdAt: Date;
}

/** Adds a cluster; false when the name is taken. */
export async function insertCluster(tx: Tx, cluster: NewCluster): Promise<boolean> {
  const { count } = await tx.cluster.createMany({ data: [{ ...cluster, purposes: [...cluster.purposes] }], skipDuplicates: true });
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

/** Changes how a cluster is reached: its address, its authority or its credential. */
export async function saveClusterConnection(
  tx: Tx,
  id: string,
  change: { connection: ClusterConnection; sealedCredential: string },
): Promise<void> {
  await tx.cluster.updateMany({ where: { id }, data: change });
}

/** Changes what a cluster is for. */
export async function saveClusterPurposes(tx: Tx, id: string, purposes: readonly ClusterPurpose[]): Promise<void> {
  await tx.cluster.updateMany({ where: { id }, data: { purposes: [...purposes] } });
}

/** Lets nobody put a target or a run on the cluster until the transaction ends. */
export async function lockCluster(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM cluster WHERE id = ${id} FOR UPDATE`;
}

/** Takes a cluster away: its credential is forgotten, its name is free again, and what was seen there goes. */
export async function saveClusterRemoved(tx: Tx, id: string, removed: { name: string; at: Date }): Promise<void> {
  await tx.cluster.updateMany({ where: { id }, data: { removedAt: removed.at, name: removed.name, sealedCredential: '' } });
  await tx.observedObject.deleteMany({ where: { clusterId: id } });
  await tx.job.deleteMany({ where: { kind: 'clusterHealth', key: id } });
}
