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

/**
 * Records what the watches of a cluster say: one that is lost or refused decides. Repeated news are passed over. News of one cluster are recorded one after the
 * other, so that the last word holds; of what comes while one is being recorded, only the last is.
 */
export function contactRecorder(
  dependencies: HealthDependencies,
): (clusterId: string) => (resource: string, health: ReflectorHealth) => void {
  const clusters = new Map<string, Told>();
  return (clusterId) => {
    const watches = new Map<string, ReflectorHealth>();
    const told: Told = clusters.get(clusterId) ?? { recorded: null, latest: null, isRecording: false };
    told.recorded = null;
    clusters.set(clusterId, told);
    return (resource, health) => {
      watches.set(resource, health);
      told.latest = { trouble: troubleOf([...watches.values()]) };
      if (!told.isRecording) void recordLatest(dependencies, clusterId, told);
    };
  };
}

interface Told {
  /** What was recorded last, as text; null when that is not known. */
  recorded: string | null;
  latest: { trouble: Trouble } | null;
  isRecording: boolean;
}

async function recordLatest(dependencies: HealthDependencies, clusterId: string, told: Told): Promise<void> {
  told.isRecording = true;
  while (told.latest !== null) {
    const { trouble } = told.latest;
    told.latest = null;
    const text = JSON.stringify(trouble);
    if (told.recorded === text) continue;
    try {
      await recordClusterContact(systemContext(dependencies, platformTenantId, 'watches a cluster'), { clusterId, trouble });
      told.recorded = text;
      dependencies.announcer.announce(eventChannel);
    } catch (error) {
      told.recorded = null;
      dependencies.log.warn({ err: error, cluster: clusterId }, 'cannot record the health of a cluster');
    }
  }
  told.isRecording = false;
}

type Trouble = { health: 'unreachable' | 'degraded'; reason: string } | null;

/** What keeps a cluster from being followed; a lost connection before a refusal. */
function troubleOf(watches: readonly ReflectorHealth[]): Trouble {
  for (const health of watches) if (health.state === 'behind') return { health: 'unreachable', reason: health.message };
  for (const health of watches) if (health.state === 'refused') return { health: 'degraded', reason: health.message };
  return null;
}
