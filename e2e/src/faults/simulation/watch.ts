import type { ClusterClient } from '@flow/delivery/cluster';
import type { KubeObject, WatchableStore, WatchEvent } from '@flow/sandbox/store';
import type { Actor, Fault, Turns } from './turns/turns.ts';

/** What a watch is served from. */
export type WatchedStore = Pick<WatchableStore, 'list' | 'eventsSince' | 'revision' | 'remembers'>;

interface WatchTools {
  turns: Turns;
  actor: Actor;
  now: () => Date;
}

type Call = Parameters<ClusterClient['open']>[0];
type Opened = Awaited<ReturnType<ClusterClient['open']>>;

const bookmarkEveryMs = 60_000;
const staleBy = 25;

/**
 * The watch of one kind, served from the store of the cluster. When what has happened arrives is a turn like any other, so it may be late by any time. With
 * `error` the connection breaks, with `cut` it ends, with `twice` an event comes again; a first read with `twice` is an older state of the cluster.
 */
export async function openWatch(cluster: { region: string; store: WatchedStore }, call: Call, tools: WatchTools): Promise<Opened> {
  const { turns, actor } = tools;
  const kind = kindOf(call.path);
  const name = `${cluster.region} watch ${kind.plural}`;
  const selects = selectorOf(call.query?.['labelSelector'] ?? '');
  const first = await turns.take(
    { actor, touches: 'watch', name: `${name} from ${call.query?.['resourceVersion'] === undefined ? 'all' : 'there'}` },
    (fault) => Promise.resolve(firstOf(cluster.store, { call, resource: kind.name, selects, fault })),
  );
  if (first === null) return { status: 410, body: linesOf([]), text: () => Promise.resolve('') };
  const following = { ...tools, name, resource: kind.name, selects, store: cluster.store, signal: call.signal };
  return { status: 200, body: follow(first, following), text: () => Promise.resolve('') };
}

interface First {
  lines: readonly string[];
  revision: number;
}

/** What a watch begins with; null when it cannot go on from where it is asked to. */
function firstOf(
  store: WatchedStore,
  { call, resource, selects, fault }: { call: Call; resource: string; selects: (object: KubeObject) => boolean; fault: Fault },
): First | null {
  if (fault === 'error' || fault === 'cut') throw new Error('connect ECONNREFUSED');
  const from = call.query?.['resourceVersion'];
  if (from !== undefined) return store.remembers(Number(from)) ? { lines: [], revision: Number(from) } : null;
  const newest = Number(store.revision());
  const wanted = fault === 'twice' ? Math.max(1, newest - staleBy) : newest;
  const revision = store.remembers(wanted) ? wanted : newest;
  const lines = stateAt(store, resource, revision)
    .filter(selects)
    .map((object) => line('ADDED', object));
  return { lines: [...lines, bookmark(revision, true)], revision };
}

/** The objects as they were, by taking back what has happened since. */
function stateAt(store: WatchedStore, resource: string, revision: number): KubeObject[] {
  const objects = new Map(store.list(resource).map((object) => [object.metadata.uid, object]));
  for (const event of store.eventsSince(resource, revision).toReversed()) {
    const before = event.type === 'ADDED' ? undefined : (event.before ?? event.object);
    if (before === undefined) objects.delete(event.object.metadata.uid);
    else objects.set(before.metadata.uid, before);
  }
  return [...objects.values()];
}

interface Following extends WatchTools {
  name: string;
  resource: string;
  selects: (object: KubeObject) => boolean;
  store: WatchedStore;
  signal: AbortSignal | undefined;
}

async function* follow(first: First, following: Following): AsyncGenerator<Buffer> {
  const { turns, actor, name, now, signal } = following;
  for (const each of first.lines) yield Buffer.from(each);
  let { revision } = first;
  let toldAtMs = now().getTime();
  const isAborted = (): boolean => signal?.aborted === true;
  for (;;) {
    const news = (): WatchEvent[] => newsSince(following, revision);
    const isReady = (): boolean => isAborted() || news().length > 0 || now().getTime() - toldAtMs >= bookmarkEveryMs;
    const told = await turns.take({ actor, touches: 'watch', name, isReady }, (fault) => {
      if (fault === 'error') return Promise.reject(new Error('read ECONNRESET'));
      if (isAborted() || fault === 'cut') return Promise.resolve(null);
      const events = news();
      revision = Number(following.store.revision());
      toldAtMs = now().getTime();
      const lines = events.map((event) => line(event.type, event.object));
      return Promise.resolve(lines.length === 0 ? [bookmark(revision, false)] : fault === 'twice' ? [...lines, ...lines] : lines);
    });
    if (told === null) return;
    yield Buffer.from(told.join(''));
  }
}

function newsSince({ store, resource, selects }: Following, revision: number): WatchEvent[] {
  return store.eventsSince(resource, revision).filter(({ object }) => selects(object));
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<Buffer> {
  for (const each of lines) yield await Promise.resolve(Buffer.from(each));
}

function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function bookmark(revision: number, endsInitial: boolean): string {
  const annotations = endsInitial ? { 'k8s.io/initial-events-end': 'true' } : {};
  return line('BOOKMARK', { metadata: { resourceVersion: String(revision), annotations } });
}

/** `/apis/argoproj.io/v1alpha1/rollouts` is `rollouts.argoproj.io` in the store. */
function kindOf(path: string): { plural: string; name: string } {
  const [root = '', group = '', ...rest] = path.split('/').filter((part) => part !== '');
  const plural = rest.at(-1) ?? '';
  return { plural, name: root === 'api' ? plural : `${plural}.${group}` };
}

/** The watches of Flow ask for labels that are there, whatever they say. */
function selectorOf(selector: string): (object: KubeObject) => boolean {
  const wanted = selector.split(',').filter((label) => label !== '');
  return ({ metadata }) => wanted.every((label) => metadata.labels?.[label] !== undefined);
}
