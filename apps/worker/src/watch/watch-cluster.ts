import type { Database } from '@flow/db/client';
import { eventChannel, jobChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { acquireLease, releaseLease } from '@flow/db/leases';
import { ingest, ingestGone } from '@flow/db/observation';
import type { Observation } from '@flow/db/observation';
import type { Clock } from '@flow/delivery/clock';
import { reflect } from '@flow/delivery/reflector';
import type { ReflectorHealth } from '@flow/delivery/reflector';
import type { Logger } from 'pino';
import type { Clusters, OpenCluster } from '../clusters/clusters.ts';
import { watchedKinds } from './observe.ts';
import type { WatchedKind } from './observe.ts';

export interface WatchDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  clock: Clock;
  random: () => number;
  /** Name of this worker. */
  holder: string;
  /** Gives what is told when a kind of the cluster can be followed again, or no longer; called anew for each connection. */
  watchesOf: (clusterId: string) => (resource: Observation['resource'], health: ReflectorHealth) => void;
  measures: WatchMeasures;
}

/** What is counted of the watches. */
export interface WatchMeasures {
  /** Changes came in; the returned function is called when they are committed. */
  changesCame(watch: WatchName, count: number): () => void;
  /** The kind was listed as a whole. */
  listed(watch: WatchName): void;
  followed(watch: WatchName, isLive: boolean): void;
}

interface WatchName {
  /** By the name that people know. */
  cluster: string;
  resource: Observation['resource'];
}

const leaseMs = 15_000;
const renewMs = 5_000;

/** Follows one cluster whenever no other worker does, until the signal is aborted. */
export async function watchCluster(dependencies: WatchDependencies, clusterId: string, signal: AbortSignal): Promise<void> {
  const { db, clock, holder, log } = dependencies;
  const wanted = { name: `watch/${clusterId}`, holder, durationMs: leaseMs };
  while (!signal.aborted) {
    const lease = await acquireLease(db, wanted).catch(() => undefined);
    if (lease !== undefined) {
      log.info({ cluster: clusterId }, 'watching the cluster');
      await whileHeld(dependencies, { clusterId, wanted, epoch: lease.epoch, signal });
      await releaseLease(db, lease).catch(() => undefined);
    }
    await clock.wait(renewMs, signal);
  }
}

interface Held {
  clusterId: string;
  wanted: { name: string; holder: string; durationMs: number };
  epoch: number;
  signal: AbortSignal;
}

/** Reflects every kind for as long as the lease is renewed. A lease that could not be renewed in time is given up before it runs out. */
async function whileHeld(dependencies: WatchDependencies, held: Held): Promise<void> {
  const { db, clock, clusters, log } = dependencies;
  const lost = new AbortController();
  const signal = AbortSignal.any([held.signal, lost.signal]);
  const watching = followAll(dependencies, { clusterId: held.clusterId, open: () => clusters.open(held.clusterId), signal }).catch(
    (error: unknown) => {
      log.warn({ err: error, cluster: held.clusterId }, 'the cluster cannot be watched; trying again');
      lost.abort();
    },
  );
  let renewedAt = clock.now().getTime();
  while (!signal.aborted) {
    await clock.wait(renewMs, signal);
    const lease = await acquireLease(db, held.wanted).catch(() => null);
    if (lease?.epoch === held.epoch) renewedAt = clock.now().getTime();
    else if (lease !== null || clock.now().getTime() - renewedAt > (leaseMs * 2) / 3) lost.abort();
  }
  await watching;
}

interface Following {
  clusterId: string;
  open: () => Promise<OpenCluster>;
  signal: AbortSignal;
}

async function followAll(dependencies: WatchDependencies, following: Following): Promise<void> {
  while (!following.signal.aborted) {
    const cluster = await following.open();
    // A connection that is closed for a newer one is followed anew.
    const signal = AbortSignal.any([following.signal, cluster.closed]);
    const onHealth = dependencies.watchesOf(following.clusterId);
    const wanted = watchedKinds.filter(({ purpose }) => cluster.purposes.includes(purpose));
    // Rollouts first: an analysis run is known by the Rollout that owns it.
    await Promise.all(wanted.map((watched) => followKind(dependencies, { ...following, signal, cluster, watched, onHealth })));
  }
}

async function followKind(
  dependencies: WatchDependencies,
  following: Following & { cluster: OpenCluster; watched: WatchedKind; onHealth: ReturnType<WatchDependencies['watchesOf']> },
): Promise<void> {
  const { db, announcer, clock, random, measures } = dependencies;
  const { clusterId, cluster, watched, signal } = following;
  const { resource } = watched;
  const measured = { cluster: cluster.name, resource };
  let seen: Set<string> | null = new Set();
  await reflect<Observation>({
    client: cluster.client,
    resource: watched.kind,
    labelSelector: watched.labelSelector,
    project: (object) => watched.observe(clusterId, object),
    async onChange(changes) {
      const committed = measures.changesCame(measured, changes.length);
      const puts = changes.flatMap((change) => (change.type === 'put' ? [change.view] : []));
      const goneUids = changes.flatMap((change) => (change.type === 'deleted' ? [change.uid] : []));
      for (const put of puts) seen?.add(put.uid);
      await ingestGone(db, { clusterId, resource, uids: goneUids });
      const { changedCount } = await ingest(db, puts);
      committed();
      if (changedCount + goneUids.length === 0) return;
      announcer.announce(eventChannel);
      announcer.announce(jobChannel);
    },
    onSynced() {
      measures.listed(measured);
      const uids = seen === null ? null : [...seen];
      seen = null;
      // What went away while nobody watched.
      if (uids !== null)
        void ingestGone(db, { clusterId, resource, uids, allBut: true }).catch((error: unknown) =>
          dependencies.log.warn({ err: error, cluster: clusterId }, 'cannot record what is gone'),
        );
    },
    onHealth(health) {
      measures.followed(measured, health.state === 'live');
      following.onHealth(resource, health);
    },
    clock,
    random,
    signal,
  });
}
