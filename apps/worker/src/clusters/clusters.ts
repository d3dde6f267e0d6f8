import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPurpose } from '@flow/core/cluster';
import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import { findClusterConnection } from '@flow/db/cluster';
import type { StoredConnection } from '@flow/db/cluster';
import { connectCluster } from '@flow/delivery/cluster';
import type { ClusterClient, ClusterTimeouts } from '@flow/delivery/cluster';
import { createHelm } from '@flow/delivery/helm';
import type { Helm } from '@flow/delivery/helm';
import { clusterConnection } from '@flow/delivery/kubeconfig';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { clusterCredentialPlace } from '@flow/operations/cluster';
import type { Sealer } from '@flow/operations/secret';

/** An open connection to one cluster, shared by everything in this process that talks to it. */
export interface OpenCluster {
  id: string;
  name: string;
  /** What it is for: nothing else of it is tested and followed. */
  purposes: readonly ClusterPurpose[];
  client: ClusterClient;
  helm: Helm;
  /** Aborted when the connection is closed: open the cluster again. */
  closed: AbortSignal;
}

/** The clusters of this installation, opened when they are first needed. */
export interface Clusters extends AsyncDisposable {
  /** Throws a FlowError when there is no such cluster or its credential does not open. */
  open(clusterId: string): Promise<OpenCluster>;
  /** Closes the connection if the credential, the address or the purposes of the cluster have changed since it was opened; the next `open` uses the new ones. */
  refresh(clusterId: string): Promise<void>;
}

interface Opened extends OpenCluster {
  /** What the connection was opened with. */
  stored: StoredConnection;
  closing: AbortController;
}

/** Opens connections from the rows of the database; credentials are unsealed here and nowhere else. */
export function createClusters(options: { db: Database; sealer: Sealer; stateDir: string; timeouts?: Partial<ClusterTimeouts> }): Clusters {
  const open = new Map<string, Promise<Opened>>();

  const connect = async (clusterId: string): Promise<Opened> => {
    const row = await findClusterConnection(options.db.prisma, clusterId);
    if (row === null)
      throw new FlowError({ code: 'notFound', owner: 'configuration', message: 'The cluster of this target is not registered any more' });
    const credential: unknown = JSON.parse(options.sealer.open(row.sealedCredential, clusterCredentialPlace(clusterId)));
    const connection = readConnection({ ...row.connection, credential });
    const homeDir = join(options.stateDir, 'helm', clusterId);
    await mkdir(homeDir, { recursive: true, mode: 0o700 });
    const closing = new AbortController();
    const helm = await createHelm({ connection, homeDir });
    return {
      id: clusterId,
      name: row.name,
      purposes: row.purposes,
      client: connectCluster(connection, options),
      helm,
      stored: row,
      closing,
      closed: closing.signal,
    };
  };

  const close = async (clusterId: string): Promise<void> => {
    const known = open.get(clusterId);
    open.delete(clusterId);
    const cluster = await known?.catch(() => undefined);
    cluster?.closing.abort();
    await cluster?.client[Symbol.asyncDispose]();
  };

  return {
    open(clusterId) {
      const known = open.get(clusterId);
      if (known !== undefined) return known;
      const opening = connect(clusterId);
      open.set(clusterId, opening);
      // A failed opening is not remembered: the next one tries again.
      opening.catch(() => open.delete(clusterId));
      return opening;
    },
    async refresh(clusterId) {
      const known = open.get(clusterId);
      const cluster = await known?.catch(() => undefined);
      if (cluster === undefined) return;
      const row = await findClusterConnection(options.db.prisma, clusterId);
      const isSame = row !== null && contentOf(row) === contentOf(cluster.stored);
      // Another call may have closed it meanwhile.
      if (!isSame && open.get(clusterId) === known) await close(clusterId);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.keys()].map(close));
    },
  };
}

function contentOf({ connection, purposes, sealedCredential }: StoredConnection): string {
  return JSON.stringify([connection.server, connection.caPem, purposes, sealedCredential]);
}

function readConnection(stored: unknown): ClusterConnection {
  const parsed = clusterConnection.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new FlowError({
    code: 'precondition',
    owner: 'configuration',
    message: 'The stored connection of the cluster cannot be read: register the cluster again',
    detail: parsed.error.message,
  });
}
