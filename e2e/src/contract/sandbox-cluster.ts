import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster, kinds, type ClusterClient } from '@flow/delivery/cluster';
import { parseKubeconfig, type ClusterConnection } from '@flow/delivery/kubeconfig';
import { startSandbox, type Sandbox } from '@flow/sandbox/server';

/** A cluster with the namespace `shop`, for one test file. */
export interface ContractCluster {
  sandbox: Sandbox;
  connection: ClusterConnection;
  client: ClusterClient;
  /** Folder that goes with the cluster. */
  folder: string;
  close(): Promise<void>;
}

/** Starts a sandbox, with its own controllers or (to write every status by hand) with none. */
export async function openSandboxCluster(options: { controllers: boolean }): Promise<ContractCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-contract-'));
  const places = { name: 'contract', region: 'eu', stateDir: join(folder, 'state'), imageDir: join(folder, 'images') };
  const sandbox = await startSandbox(options.controllers ? places : { ...places, controllers: () => [] });
  const parsed = parseKubeconfig(sandbox.kubeconfig);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const client = connectCluster(parsed.connection);
  await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  return {
    sandbox,
    connection: parsed.connection,
    client,
    folder,
    close: async () => {
      await client[Symbol.asyncDispose]();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
