import { FlowError } from '@flow/core/fault';
import { probeCluster } from '@flow/delivery/cluster';
import type { ReflectorHealth } from '@flow/delivery/reflector';
import { recordClusterHealth } from '@flow/operations/cluster';
import { platformTenantId } from '@flow/operations/context';
import type { Logger } from 'pino';
import type { Database } from '@flow/db/client';
import type { Announcer } from '@flow/db/events';
import { eventChannel } from '@flow/db/events';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';
import type { Clusters } from './clusters.ts';

export interface HealthDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  now: () => Date;
  newId: () => string;
}

const probeEveryMs = 30 * 60_000;
const probeAgainMs = 30_000;

/** Tests a cluster: when it was registered, when a person asks, and now and then. Between two tests the watch says whether it can be reached. */
export function probeClusters(dependencies: HealthDependencies): JobHandler {
  return async (job) => {
    const ctx = systemContext(dependencies, platformTenantId, 'tests a cluster');
    try {
      // The credential may have been changed since the last test.
      await dependencies.clusters.refresh(job.key);
      const { client } = await dependencies.clusters.open(job.key);
      const { version, offers, missing } = await probeCluster(client);
      const capabilities = {
        version,
        workflows: offers.workflows,
        rollouts: offers.rollouts,
        virtualMachines: offers.virtualMachines,
        missing: missing.map((each) => `${each.what}: ${each.command}`),
      };
      const healthReason = missing.length === 0 ? null : `${missing.length} things are missing; the first is ${missing[0]?.what ?? ''}`;
      await recordClusterHealth(ctx, {
        clusterId: job.key,
        health: missing.length === 0 ? 'healthy' : 'degraded',
        healthReason,
        capabilities,
      });
      dependencies.announcer.announce(eventChannel);
      return { kind: 'waiting', until: new Date(dependencies.now().getTime() + probeEveryMs) };
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      if (error.code === 'notFound') return { kind: 'done' };
      await recordClusterHealth(ctx, { clusterId: job.key, health: 'unreachable', healthReason: error.message, capabilities: null });
      dependencies.announcer.announce(eventChannel);
      return { kind: 'waiting', until: new Date(dependencies.now().getTime() + probeAgainMs) };
    }
  };
}

/** Records what the watch says of a cluster; repeated news of the same kind are passed over. */
export function healthRecorder(dependencies: HealthDependencies): (clusterId: string, health: ReflectorHealth) => void {
  const last = new Map<string, string>();
  return (clusterId, health) => {
    const text = health.state === 'live' ? '' : health.message;
    if (last.get(clusterId) === text) return;
    last.set(clusterId, text);
    const ctx = systemContext(dependencies, platformTenantId, 'watches a cluster');
    const found =
      health.state === 'live'
        ? { health: 'healthy' as const, healthReason: null }
        : { health: 'unreachable' as const, healthReason: health.message };
    recordClusterHealth(ctx, { clusterId, ...found, capabilities: null }).then(
      () => dependencies.announcer.announce(eventChannel),
      (error: unknown) => {
        last.delete(clusterId);
        dependencies.log.warn({ err: error, cluster: clusterId }, 'cannot record the health of a cluster');
      },
    );
  };
}
