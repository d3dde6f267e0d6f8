import { join } from 'node:path';
import { configurationSnapshot } from '@flow/core/deployment';
import { loadForDecision } from '@flow/db/deployment';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import { createHelm } from '@flow/delivery/helm';
import { findClusters } from '../clusters.ts';
import type { Past } from './past.ts';

/** Installs in the clusters what stands at the end of the past, marked as the deployments that brought it: what the pages say is what runs. */
export async function installStanding(past: Past, deploymentIds: readonly string[]): Promise<void> {
  const clusters = await openClusters(past);
  for (const deploymentId of deploymentIds) {
    const loaded = await loadForDecision(past.db, past.tenantId, deploymentId);
    if (loaded === undefined) continue;
    const { targets, snapshot } = loaded.deployment;
    const { values } = configurationSnapshot.parse(snapshot);
    await Promise.all(
      targets.map(async ({ region, namespace, releaseName, targetId }) => {
        const cluster = clusters.get(region);
        if (cluster === undefined) return;
        await cluster.ensureNamespace(namespace);
        await cluster.helm.upgradeInstall({
          namespace,
          name: releaseName,
          chart: past.chart.path,
          values: values[targetId] ?? {},
          deploymentId,
        });
      }),
    );
  }
}

type OpenCluster = { helm: Awaited<ReturnType<typeof createHelm>>; ensureNamespace: (name: string) => Promise<void> };

async function openClusters({ context }: Past): Promise<Map<string, OpenCluster>> {
  const clusters = new Map<string, OpenCluster>();
  for (const { name: cluster, connection } of await findClusters(context)) {
    clusters.set(cluster, {
      helm: await createHelm({ connection, homeDir: join(context.stateDir, 'helm') }),
      async ensureNamespace(name) {
        await using client = connectCluster(connection);
        const labels = { 'flow.dev/managed': 'true' };
        await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
      },
    });
  }
  return clusters;
}
