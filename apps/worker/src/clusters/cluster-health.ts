import { healthOf } from '@flow/core/cluster';
import { FlowError } from '@flow/core/fault';
import { probeCluster } from '@flow/delivery/access';
import type { ReflectorHealth } from '@flow/delivery/reflector';
import { recordClusterContact, recordClusterHealth } from '@flow/operations/cluster';
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
      const { client, purposes } = await dependencies.clusters.open(job.key);
      const { version, account, offers, checks } = await probeCluster(client, purposes);
      await recordClusterHealth(ctx, {
        clusterId: job.key,
        ...healthOf(checks),
        capabilities: { version, account, ...offers, checks: [...checks] },
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

/** Records what the watches of a cluster say: one that is lost or refused decides. Repeated news are passed over. */
export function contactRecorder(
  dependencies: HealthDependencies,
): (clusterId: string) => (resource: string, health: ReflectorHealth) => void {
  const told = new Map<string, string>();
  return (clusterId) => {
    const watches = new Map<string, ReflectorHealth>();
    told.delete(clusterId);
    return (resource, health) => {
      watches.set(resource, health);
      const trouble = troubleOf([...watches.values()]);
      const text = JSON.stringify(trouble);
      if (told.get(clusterId) === text) return;
      told.set(clusterId, text);
      const ctx = systemContext(dependencies, platformTenantId, 'watches a cluster');
      recordClusterContact(ctx, { clusterId, trouble }).then(
        () => dependencies.announcer.announce(eventChannel),
        (error: unknown) => {
          told.delete(clusterId);
          dependencies.log.warn({ err: error, cluster: clusterId }, 'cannot record the health of a cluster');
        },
      );
    };
  };
}

/** What keeps a cluster from being followed; a lost connection before a refusal. */
function troubleOf(watches: readonly ReflectorHealth[]): { health: 'unreachable' | 'degraded'; reason: string } | null {
  for (const health of watches) if (health.state === 'behind') return { health: 'unreachable', reason: health.message };
  for (const health of watches) if (health.state === 'refused') return { health: 'degraded', reason: health.message };
  return null;
}
