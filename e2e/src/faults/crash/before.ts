import { flowChartValues } from '@flow/core/configuration';
import type { ClusterClient } from '@flow/delivery/cluster';
import { namespace, repositoryOf, strategy } from '../ground.ts';
import type { Ground, TestService } from '../ground.ts';
import { createSteppedHelm } from './stepped-helm.ts';

/** Helm that nobody interrupts and nobody counts, in each of the clusters. */
export interface PlainHelm {
  clients: readonly ClusterClient[];
  homeDir: string;
}

/** Something to go back to, made by nobody that is under test. */
export async function installBefore(helm: PlainHelm, given: { ground: Ground; chart: string; service: TestService }): Promise<void> {
  const { ground, chart, service } = given;
  const { slug, serviceId } = service;
  const deploymentId = `before-${slug}`;
  const values = flowChartValues({
    layers: [{ replicas: 2, probes: { readinessPath: '', livenessPath: '' } }],
    mark: { tenant: ground.tenantId, service: serviceId, environment: ground.environmentId, deployment: deploymentId },
    image: { repository: repositoryOf(slug), digest: `sha256:${'0'.repeat(64)}` },
    strategy,
  });
  for (const each of opened(helm)) await each.upgradeInstall({ namespace, name: slug, chart, values, deploymentId });
}

/** Takes away what a run made in the clusters, so that a later one does not read it again and again. */
export async function uninstallAfter(helm: PlainHelm, name: string): Promise<void> {
  for (const each of opened(helm)) await each.uninstall({ namespace, name });
}

function opened({ clients, homeDir }: PlainHelm): ReturnType<typeof createSteppedHelm>[] {
  return clients.map((client) => createSteppedHelm({ client, homeDir, moment: () => undefined, onDone: () => undefined }));
}
