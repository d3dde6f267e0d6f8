import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterPurposes } from '@flow/core/cluster';
import type { ClusterClient, Patch } from '@flow/delivery/cluster';
import type { Clusters, OpenCluster } from '@flow/worker/clusters';
import type { CrashGate } from './gate.ts';
import { createSteppedHelm } from './stepped-helm.ts';

/** One cluster as the harness holds it. */
export interface BareCluster {
  id: string;
  region: string;
  client: ClusterClient;
  /** Grows with each change of anything in the cluster. */
  revision: () => string;
  /** Everything that workers did to it, in order: `patch rollouts/checkout status.pauseConditions`, `upgrade checkout for d-1`. */
  done: string[];
}

/** The clusters as one life of a worker sees them: each effect passes its gate and is noted when it was done. */
export async function openGatedClusters(clusters: readonly BareCluster[], life: { gate: CrashGate; stateDir: string }): Promise<Clusters> {
  const { gate } = life;
  const homeDir = join(life.stateDir, 'helm');
  await mkdir(homeDir, { recursive: true });
  const open = clusters.map((cluster): OpenCluster => ({
    id: cluster.id,
    name: cluster.region,
    purposes: clusterPurposes,
    client: gatedClient(cluster, gate),
    helm: createSteppedHelm({
      client: cluster.client,
      homeDir,
      moment: (name) => gate.moment(name),
      onDone: (call) => cluster.done.push(call),
    }),
    closed: new AbortController().signal,
  }));
  return {
    open(id) {
      gate.refuseDead();
      const found = open.find((cluster) => cluster.id === id);
      return found === undefined ? Promise.reject(new Error(`There is no cluster ${id}`)) : Promise.resolve(found);
    },
    refresh: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function gatedClient({ client, done }: BareCluster, gate: CrashGate): ClusterClient {
  const reading = async <Result>(read: () => Promise<Result>): Promise<Result> => {
    gate.refuseDead();
    const answer = await read();
    gate.refuseDead();
    return answer;
  };
  return {
    server: client.server,
    get: (ref, signal) => reading(() => client.get(ref, signal)),
    async *list(options) {
      for await (const page of client.list(options)) {
        gate.refuseDead();
        yield page;
      }
    },
    create: (target, object, fieldManager) =>
      gate.around(`create ${target.kind.plural}`, async () => {
        const answer = await client.create(target, object, fieldManager);
        if (answer.ok) done.push(`create ${target.kind.plural}`);
        return answer;
      }),
    patch: (ref, patch) =>
      gate.around(`patch ${ref.kind.plural}`, async () => {
        const answer = await client.patch(ref, patch);
        if (answer.ok) done.push(`patch ${ref.kind.plural}/${ref.name} ${changedBy(patch)}`);
        return answer;
      }),
    delete: (ref, options) =>
      gate.around(`delete ${ref.kind.plural}`, async () => {
        const answer = await client.delete(ref, options);
        if (answer.ok) done.push(`delete ${ref.kind.plural}/${ref.name}`);
        return answer;
      }),
    readLog: (options) => client.readLog(options),
    version: () => reading(() => client.version()),
    account: () => reading(() => client.account()),
    accessReview: (request) => reading(() => client.accessReview(request)),
    read: (path, query) => reading(() => client.read(path, query)),
    open: (call) => reading(() => client.open(call)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What a patch changes, in a line that is the same for every object. */
export function changedBy(patch: Patch): string {
  if (patch.type !== 'json') return patch.type;
  return patch.operations
    .filter(({ op }) => op !== 'test')
    .map(({ op, path }) => `${op} ${path}`)
    .join(', ');
}
