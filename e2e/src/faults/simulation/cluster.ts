import { clusterPurposes } from '@flow/core/cluster';
import { FlowError } from '@flow/core/fault';
import type { Answer as ClusterAnswer, ClusterClient, ListPage, Patch } from '@flow/delivery/cluster';
import type { Helm } from '@flow/delivery/helm';
import type { Clusters, OpenCluster } from '@flow/worker/clusters';
import { changedBy } from '../crash/gated-cluster.ts';
import { createSteppedHelm } from '../crash/stepped-helm.ts';
import type { Actor, Touches, Turns } from './turns/turns.ts';
import { openWatch } from './watch.ts';
import type { WatchedStore } from './watch.ts';

/** One cluster as the simulation holds it. */
export interface SimulatedCluster {
  id: string;
  region: string;
  client: ClusterClient;
  store: WatchedStore;
}

/** What was done to a cluster, and by whom. */
export interface Effect {
  cluster: SimulatedCluster;
  actor: Actor;
  /** `upgrade checkout for d-1`, `patch rollouts/checkout status.pauseConditions` */
  call: string;
  kind: 'upgrade' | 'rollback' | 'uninstall' | 'patch' | 'create' | 'delete';
  /** The name of the release or the object. */
  name: string;
  /** Whose deployment a release was installed for. */
  deploymentId: string | null;
  /** What a release was given. */
  values: unknown;
  /** What was still to be so for a patch to be taken. */
  guard: Patch | null;
}

/** A change of what is asked of a cluster: how a defect is planted. */
export interface ClusterDefect {
  patch?: (patch: Patch) => Patch;
  /** Installs nothing and says that it did. */
  skips?: (region: string) => boolean;
  /** Says that a release has no revisions. */
  forgets?: (ref: { kind: { plural: string } }) => boolean;
}

export interface ClusterTools {
  turns: Turns;
  actor: Actor;
  stateDir: string;
  now: () => Date;
  onEffect: (effect: Effect) => void;
  /** Helm begins to install for a deployment. */
  onHelm: (region: string, deploymentId: string) => void;
  defect: ClusterDefect;
}

/** The clusters as one life of a worker sees them: each call is a turn, and so is each step of helm. */
export function openSimulatedClusters(clusters: readonly SimulatedCluster[], tools: ClusterTools): Clusters {
  const open = clusters.map((cluster): OpenCluster => ({
    id: cluster.id,
    name: cluster.region,
    purposes: clusterPurposes,
    client: clientOf(cluster, tools, 'change'),
    helm: helmOf(cluster, tools),
    closed: new AbortController().signal,
  }));
  return {
    open(id) {
      const found = open.find((cluster) => cluster.id === id);
      return found === undefined ? Promise.reject(new Error(`There is no cluster ${id}`)) : Promise.resolve(found);
    },
    refresh: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Helm step by step; a call that is cut off leaves the release as it is then. */
function helmOf(cluster: SimulatedCluster, tools: ClusterTools): Helm {
  const { actor, onEffect, defect, stateDir } = tools;
  const stepped = (signal: AbortSignal | undefined, about: Pick<Effect, 'deploymentId' | 'values'>): Helm =>
    createSteppedHelm({
      client: clientOf(cluster, { ...tools, onEffect: () => undefined }, 'helm'),
      homeDir: stateDir,
      moment: () => {
        if (signal?.aborted === true) throw new FlowError({ code: 'upstream', owner: 'flow', message: 'helm was cut off' });
      },
      onDone(call) {
        const [verb = '', name = ''] = call.split(' ');
        const kind = verb === 'upgrade' || verb === 'rollback' ? verb : 'uninstall';
        onEffect({ cluster, actor, call, kind, name, guard: null, ...about });
      },
    });
  return {
    binary: 'in this process',
    async upgradeInstall(request) {
      if (defect.skips?.(cluster.region) === true) return;
      tools.onHelm(cluster.region, request.deploymentId);
      await stepped(request.signal, { deploymentId: request.deploymentId, values: request.values }).upgradeInstall(request);
    },
    rollback: (request) => stepped(request.signal, { deploymentId: null, values: null }).rollback(request),
    uninstall: (request) => stepped(request.signal, { deploymentId: null, values: null }).uninstall(request),
  };
}

function unanswered(cluster: SimulatedCluster): FlowError {
  return new FlowError({ code: 'upstream', owner: 'cluster', message: `The cluster ${cluster.region} did not answer in time` });
}

/** A client whose calls are turns. With `error` nothing is done, with `cut` it is done and looks as if it were not. */
function clientOf(cluster: SimulatedCluster, tools: ClusterTools, changes: 'change' | 'helm'): ClusterClient {
  const { client, region } = cluster;
  const { turns, actor, onEffect, defect } = tools;
  const call = <Result>(touches: Touches, name: string, act: () => Promise<Result>): Promise<Result> =>
    turns.take({ actor, touches, name: `${region} ${name}` }, async (fault) => {
      if (fault === 'error') throw unanswered(cluster);
      const answer = await act();
      if (fault === 'cut') throw unanswered(cluster);
      return answer;
    });
  const change = <Value>(
    about: { name: string; call: string; kind: Effect['kind']; guard?: Patch },
    act: () => Promise<ClusterAnswer<Value>>,
  ): Promise<ClusterAnswer<Value>> =>
    call(changes, about.call, async () => {
      const answer = await act();
      if (answer.ok) onEffect({ cluster, actor, deploymentId: null, values: null, ...about, guard: about.guard ?? null });
      return answer;
    });
  const asking = (name: string) => `ask ${name}`;
  return {
    server: client.server,
    get: (ref, signal) => call('ask', `get ${ref.kind.plural}`, () => client.get(ref, signal)),
    async *list(options) {
      const pages = await call('ask', `list ${options.kind.plural}`, () => pagesOf(client.list(options)));
      yield* defect.forgets?.(options) === true ? pages.map((page) => ({ ...page, items: [] })) : pages;
    },
    create: (target, object, manager) =>
      change({ name: '', call: `create ${target.kind.plural}`, kind: 'create' }, () => client.create(target, object, manager)),
    patch: (ref, patch) =>
      change({ name: ref.name, call: `patch ${ref.kind.plural} ${changedBy(patch)}`, kind: 'patch', guard: patch }, () =>
        client.patch(ref, defect.patch?.(patch) ?? patch),
      ),
    delete: (ref, options) =>
      change({ name: ref.name, call: `delete ${ref.kind.plural}`, kind: 'delete' }, () => client.delete(ref, options)),
    readLog: (options) => client.readLog(options),
    version: () => call('ask', asking('version'), () => client.version()),
    account: () => call('ask', asking('account'), () => client.account()),
    accessReview: (request) => call('ask', asking('access'), () => client.accessReview(request)),
    read: (path, query) => call('ask', asking('read'), () => client.read(path, query)),
    open: (watched) => openWatch(cluster, watched, tools),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function pagesOf(pages: AsyncIterable<ListPage>): Promise<ListPage[]> {
  const found: ListPage[] = [];
  for await (const page of pages) found.push(page);
  return found;
}
