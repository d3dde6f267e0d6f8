import type { Database } from '@flow/db/client';
import { acquireLease, releaseLease } from '@flow/db/leases';
import type { Clusters, OpenCluster } from '../clusters/clusters.ts';

/** A release that nobody else writes to meanwhile. */
export interface HeldRelease {
  cluster: OpenCluster;
  ref: { namespace: string; name: string };
  /** Aborted when the worker stops or the lease is lost. */
  signal: AbortSignal;
}

// Renewed while helm works. After a kill of this worker the lease outlives the helm that it may have left behind, which does not wait for anything.
const leaseMs = 25_000;

/** Acts alone on a release, over all workers; false when someone else is at it. The act is cut off when the lease is lost. */
export async function holdRelease(
  { db, clusters, holder }: { db: Database; clusters: Clusters; holder: string },
  wanted: { clusterId: string; ref: HeldRelease['ref']; by: string; signal: AbortSignal },
  act: (held: HeldRelease) => Promise<void>,
): Promise<boolean> {
  const { clusterId, ref } = wanted;
  const request = { name: `release/${clusterId}/${ref.namespace}/${ref.name}`, holder: `${holder}/${wanted.by}`, durationMs: leaseMs };
  const lease = await acquireLease(db, request);
  if (lease === undefined) return false;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    acquireLease(db, request).then(
      (renewed) => {
        if (renewed?.epoch !== lease.epoch) lost.abort();
      },
      () => undefined,
    );
  }, leaseMs / 3);
  try {
    await act({ cluster: await clusters.open(clusterId), ref, signal: AbortSignal.any([wanted.signal, lost.signal]) });
  } finally {
    clearInterval(renewal);
    await releaseLease(db, lease);
  }
  return true;
}
