import { listClusters } from '@flow/db/cluster';
import { watchCluster } from './watch-cluster.ts';
import type { WatchDependencies } from './watch-cluster.ts';

const lookEveryMs = 10_000;

/** Contends for the watch of every registered cluster; newly registered ones, and new credentials of known ones, are found within seconds. */
export async function followClusters(dependencies: WatchDependencies, signal: AbortSignal): Promise<void> {
  const following = new Map<string, Promise<void>>();
  while (!signal.aborted) {
    const clusters = await listClusters(dependencies.db.prisma).catch(() => []);
    for (const { id } of clusters) {
      // When the database does not answer, it is looked at again soon.
      await dependencies.clusters.refresh(id).catch(() => undefined);
      if (!following.has(id)) following.set(id, watchCluster(dependencies, id, signal));
    }
    await dependencies.clock.wait(lookEveryMs, signal);
  }
  await Promise.all(following.values());
}
