import { FlowError } from '@flow/core/fault';
import type { Clock } from '../clock/index.ts';
import type { ClusterClient } from '../cluster/index.ts';
import { fullJitterMs } from './backoff.ts';
import { ChangeQueue } from './change-queue.ts';
import { KnownObjects, isNewer, see, type Change, type Seen } from './known-objects.ts';
import { readWatch, type Selection, type WatchEnd, type WatchEvent } from './watch-stream.ts';

export type ReflectorHealth =
  /** What was handed on is what the cluster has, but for the way in between. */
  | { state: 'live' }
  /** What was handed on may be old: `message` is public. */
  | { state: 'behind'; since: Date; message: string }
  /** The cluster answers, and does not let it be followed: not allowed, or not known there. */
  | { state: 'refused'; since: Date; message: string };

export interface ReflectorOptions<View> extends Selection {
  client: Pick<ClusterClient, 'open' | 'list'>;
  /** Makes the slim view when the object is read: nothing else of it is kept. */
  project: (object: unknown) => View;
  /** Takes changes in order; the next batch comes when this one was taken, the same one again when it throws. */
  onChange: (changes: readonly Change<View>[]) => Promise<void> | void;
  /** Everything that was there at one moment was handed on. Called after every full read. */
  onSynced: () => void;
  onHealth: (health: ReflectorHealth) => void;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
}

const relistMs = 10_000;
const shortRoundMs = 5_000;
const fruitlessRounds = 3;
const staleLists = 3;

/**
 * Follows all objects of one kind until the signal is aborted, whatever the cluster does: it comes back after every end, never hands on an older
 * state after a newer one, and finds deletes that it was not told about. Full reads are at most one in 10 s.
 */
export async function reflect<View>(options: ReflectorOptions<View>): Promise<void> {
  await new Reflector(options).run();
}

class Reflector<View> {
  readonly #options: ReflectorOptions<View>;
  readonly #queue: ChangeQueue<View>;
  readonly #known = new KnownObjects<View>();
  /** Everything up to this version was handed on; null asks for a full read. */
  #checkpoint: string | null = null;
  /** The newest version ever seen: a full read that is older comes from a server that lags behind. */
  #newest = '0';
  #staleLists = 0;
  #lastListAt: number | null = null;
  #hasWatchList = true;
  #failures = 0;
  #hasProgress = false;
  #isBehind: boolean | null = null;

  constructor(options: ReflectorOptions<View>) {
    this.#options = options;
    this.#queue = new ChangeQueue({ ...options, onFault: () => this.#behind('What the cluster reports cannot be written at the moment') });
  }

  async run(): Promise<void> {
    const { signal, clock, random } = this.#options;
    while (!signal.aborted) {
      const startedAt = clock.now().getTime();
      this.#hasProgress = false;
      const hasEndedWell = await this.#round();
      const isShort = clock.now().getTime() - startedAt < shortRoundMs;
      this.#failures = hasEndedWell && !isShort ? 0 : this.#failures + 1;
      await clock.wait(fullJitterMs(Math.max(0, this.#failures - 1), random), signal);
    }
  }

  /** One full read where one is due, and one watch to its end. True when it showed something or was closed in good order. */
  async #round(): Promise<boolean> {
    const { signal } = this.#options;
    try {
      if (this.#checkpoint === null) await this.#waitForTurn();
      if (signal.aborted) return false;
      if (this.#checkpoint === null && !this.#hasWatchList) await this.#list();
      const end = await this.#watch();
      this.#settle(end);
      return this.#hasProgress || end.end === 'closed';
    } catch (error) {
      this.#behind(error instanceof FlowError ? error.message : 'The cluster cannot be watched at the moment');
      this.#doubt();
      return this.#hasProgress;
    }
  }

  /** A version that the server cannot go on from may look like any other failure. */
  #doubt(): void {
    if (!this.#hasProgress && this.#failures + 1 >= fruitlessRounds) this.#checkpoint = null;
  }

  async #waitForTurn(): Promise<void> {
    const { clock, signal } = this.#options;
    const restMs = this.#lastListAt === null ? 0 : this.#lastListAt + relistMs - clock.now().getTime();
    if (restMs > 0) await clock.wait(restMs, signal);
  }

  /** Reads page by page, for servers without WatchList. */
  async #list(): Promise<void> {
    const all: Seen<View>[] = [];
    let version = '';
    const { client, resource, namespace, labelSelector, signal } = this.#options;
    const selection = {
      kind: resource,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      signal,
    };
    for await (const page of client.list(selection)) {
      all.push(...page.items.flatMap((item) => this.#see(item) ?? []));
      version = page.resourceVersion;
    }
    await this.#publish(all, version);
  }

  async #watch(): Promise<WatchEnd> {
    const { client, resource, namespace, labelSelector, clock, random, signal } = this.#options;
    const isInitial = this.#checkpoint === null;
    const initial = new Map<string, Seen<View>>();
    const timeoutSeconds = 300 + Math.floor(random() * 300);
    if (!isInitial) this.#live();
    return readWatch(
      { client, resource, namespace, labelSelector, from: this.#checkpoint, timeoutSeconds, clock, signal },
      async (event) => {
        if (this.#checkpoint === null) await this.#takeInitial(initial, event);
        else await this.#take(event);
      },
    );
  }

  /** The first events of a WatchList come in no order: they count together, when the bookmark says that they are complete. */
  async #takeInitial(initial: Map<string, Seen<View>>, event: WatchEvent): Promise<void> {
    if (event.type === 'bookmark') {
      if (event.endsInitial) await this.#publish([...initial.values()], event.resourceVersion);
      return;
    }
    const seen = this.#see(event.object);
    if (seen === null) return;
    const key = `${seen.namespace}/${seen.name}`;
    if (event.type === 'removed') initial.delete(key);
    else initial.set(key, seen);
  }

  async #take(event: WatchEvent): Promise<void> {
    if (event.type === 'bookmark') {
      this.#advance(event.resourceVersion);
      return;
    }
    const seen = this.#see(event.object);
    // What is not newer than the checkpoint was handed on already, even if the object is gone since.
    if (seen === null || (this.#checkpoint !== null && !isNewer(seen.resourceVersion, this.#checkpoint))) return;
    await this.#queue.push(event.type === 'put' ? this.#known.put(seen) : this.#known.remove(seen));
    this.#advance(seen.resourceVersion);
  }

  #advance(version: string): void {
    this.#hasProgress = true;
    if (this.#checkpoint !== null && isNewer(version, this.#checkpoint)) this.#checkpoint = version;
    if (isNewer(version, this.#newest)) this.#newest = version;
  }

  async #publish(all: readonly Seen<View>[], version: string): Promise<void> {
    if (isNewer(this.#newest, version) && this.#staleLists < staleLists) {
      this.#staleLists += 1;
      throw new FlowError({
        code: 'upstream',
        owner: 'cluster',
        message: 'The cluster answered with a state that is older than what it showed before: Flow asks again',
      });
    }
    this.#staleLists = 0;
    this.#lastListAt = this.#options.clock.now().getTime();
    this.#newest = version;
    await this.#queue.push(this.#known.replaceAll(all));
    await this.#queue.drained();
    this.#checkpoint = version;
    this.#hasProgress = true;
    if (this.#options.signal.aborted) return;
    this.#live();
    this.#options.onSynced();
  }

  #settle(end: WatchEnd): void {
    switch (end.end) {
      case 'closed':
        return;
      case 'idle':
        this.#hasWatchList &&= this.#checkpoint !== null;
        this.#behind('The cluster has been silent for too long: Flow connects anew');
        return;
      case 'expired':
      case 'broken':
        this.#checkpoint = null;
        this.#behind('Flow reads everything anew');
        return;
      case 'refused':
        // Servers that do not know WatchList refuse its parameters.
        if (end.status === 400 || end.status === 422) this.#hasWatchList &&= this.#checkpoint !== null;
        this.#doubt();
        this.#behind(
          refusalSentence(end.status, this.#options.resource.plural),
          end.status === 403 || end.status === 404 ? 'refused' : 'behind',
        );
    }
  }

  #see(object: unknown): Seen<View> | null {
    return see(object, this.#options.project);
  }

  #live(): void {
    if (this.#isBehind === false) return;
    this.#isBehind = false;
    this.#options.onHealth({ state: 'live' });
  }

  #behind(message: string, state: 'behind' | 'refused' = 'behind'): void {
    if (this.#isBehind === true || this.#options.signal.aborted) return;
    this.#isBehind = true;
    this.#options.onHealth({ state, since: this.#options.clock.now(), message });
  }
}

function refusalSentence(status: number, what: string): string {
  if (status === 401) return "The cluster no longer takes Flow's credential: register it again";
  if (status === 403) return `The cluster does not allow Flow to watch ${what}: grant it`;
  if (status === 404) return `The cluster does not know ${what}: install what offers them`;
  if (status === 429) return 'The cluster has too many requests: Flow tries again';
  return `The cluster cannot be watched at the moment (HTTP ${status}): Flow tries again`;
}
