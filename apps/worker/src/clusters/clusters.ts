import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowError } from '@flow/core/fault';
import type { Database } from '@flow/db/client';
import { findClusterConnection } from '@flow/db/cluster';
import { connectCluster } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
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
  client: ClusterClient;
  helm: Helm;
}

/** The clusters of this installation, opened when they are first needed. */
export interface Clusters extends AsyncDisposable {
  /** Throws a FlowError when there is no such cluster or its credential does not open. */
  open(clusterId: string): Promise<OpenCluster>;
  /** Forgets a connection whose credential or address has changed. */
  forget(clusterId: string): Promise<void>;
}

/** Opens connections from the rows of the database; credentials are unsealed here and nowhere else. */
export function createClusters(options: { db: Database; sealer: Sealer; stateDir: string }): Clusters {
  const open = new Map<string, Promise<OpenCluster>>();

  const connect = async (clusterId: string): Promise<OpenCluster> => {
    const row = await findClusterConnection(options.db.prisma, clusterId);
    if (row === null)
      throw new FlowError({ code: 'notFound', owner: 'configuration', message: 'The cluster of this target is not registered any more' });
    const credential: unknown = JSON.parse(options.sealer.open(row.sealedCredential, clusterCredentialPlace(clusterId)));
    const connection = readConnection({ ...row.connection, credential });
    const homeDir = join(options.stateDir, 'helm', clusterId);
    await mkdir(homeDir, { recursive: true, mode: 0o700 });
    return { id: clusterId, name: row.name, client: connectCluster(connection), helm: await createHelm({ connection, homeDir }) };
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
    async forget(clusterId) {
      const known = open.get(clusterId);
      open.delete(clusterId);
      if (known === undefined) return;
      const cluster = await known.catch(() => undefined);
      await cluster?.client[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.keys()].map((id) => this.forget(id)));
    },
  };
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
