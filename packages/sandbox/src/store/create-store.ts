import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, conflict, forbidden, invalid, notFound, qualifiedName } from './api-error.ts';
import { EventHistory } from './event-history.ts';
import { deepFreeze } from './freeze.ts';
import type { Journal, JournalState } from './journal/journal.ts';
import { finishMetadata, keepServerFields, needsNewGeneration, toTime } from './metadata.ts';
import type { KubeObject, NewObject } from './object.ts';
import { ObjectTable } from './object-table.ts';
import { RESOURCES } from './resources.ts';
import type { Clock, ObjectKey, Resource, ResourceName, Store, UpdateOptions, WatchEvent } from './store.ts';

/** A store that a server can page and watch: it also knows the recent past. */
export interface WatchableStore extends Store {
  /** Events of the resource after the revision, oldest first. Throws 410 Expired when some of them are forgotten. */
  eventsSince(resource: ResourceName, revision: number): readonly WatchEvent[];
  /** False when a list or a watch at this revision can no longer be continued. */
  remembers(revision: number): boolean;
  /** Forgets the recent past, as a real API server does when it compacts. */
  compact(): void;
  /** The journal is closed; writes after this are kept in memory only. */
  close(): void;
}

export interface StoreOptions {
  clock: Clock;
  journal?: Journal;
  resources?: readonly Resource[];
  /** How many of the newest writes a watch may start behind. */
  historyLimit?: number;
  /** What to do when a watch listener throws; by default the process hears of it as an uncaught exception. */
  onListenerError?: (error: unknown) => void;
}

/** The objects of one cluster in memory, and in the journal when one is given. */
export function createStore(options: StoreOptions): WatchableStore {
  return new MemoryStore(options);
}

interface Listener {
  resource: ResourceName;
  afterRevision: number;
  call: (event: WatchEvent) => void;
}

class MemoryStore implements WatchableStore {
  readonly resources: readonly Resource[];
  readonly #clock: Clock;
  readonly #journal: Journal | undefined;
  readonly #onListenerError: (error: unknown) => void;
  readonly #byName = new Map<ResourceName, Resource>();
  readonly #tables = new Map<ResourceName, ObjectTable>();
  readonly #listeners = new Set<Listener>();
  readonly #history: EventHistory;
  readonly #ending = new Set<string>();
  #undelivered: { revision: number; resource: ResourceName; event: WatchEvent }[] = [];
  #revision: number;

  constructor({ clock, journal, resources = RESOURCES, historyLimit = 10_000, onListenerError = throwLater }: StoreOptions) {
    this.resources = resources;
    this.#clock = clock;
    this.#journal = journal;
    this.#onListenerError = onListenerError;
    for (const resource of resources) {
      this.#byName.set(qualifiedName(resource), resource);
      this.#tables.set(qualifiedName(resource), new ObjectTable());
    }
    const kept = journal?.load() ?? { revision: 0, objects: [] };
    this.#restore(kept.objects);
    this.#revision = kept.revision;
    this.#history = new EventHistory(historyLimit, kept.revision);
  }

  resource(name: ResourceName): Resource {
    const found = this.#byName.get(name);
    if (found === undefined) throw notFound({ plural: 'resources', group: '' }, name);
    return found;
  }

  get(resource: ResourceName, key: ObjectKey): KubeObject | undefined {
    return this.#table(resource).get(this.#normalized(resource, key));
  }

  list(resource: ResourceName, namespace?: string): readonly KubeObject[] {
    return this.#table(resource).list(this.resource(resource).namespaced ? namespace : undefined);
  }

  create(resource: ResourceName, object: NewObject): KubeObject {
    const described = this.resource(resource);
    const created = finishMetadata(described, structuredClone(object), {
      now: this.#clock.now(),
      uid: randomUUID(),
      resourceVersion: String(this.#revision + 1),
    });
    if (created.metadata.name === '') {
      throw invalid(described, '', [
        { field: 'metadata.name', message: 'Required value: name or generateName is required', reason: 'FieldValueRequired' },
      ]);
    }
    const namespace = created.metadata.namespace;
    if (namespace !== undefined && this.#ending.has(namespace)) {
      throw forbidden(`unable to create new content in namespace ${namespace} because it is being terminated`);
    }
    if (this.#table(resource).get(created.metadata) !== undefined) throw alreadyExists(described, created.metadata.name);
    return this.#write(resource, { type: 'ADDED', object: created });
  }

  update(resource: ResourceName, object: KubeObject, options: UpdateOptions = {}): KubeObject {
    const described = this.resource(resource);
    const before = this.get(resource, object.metadata);
    if (before === undefined) throw notFound(described, object.metadata.name);
    if (options.resourceVersion !== undefined && options.resourceVersion !== before.metadata.resourceVersion) {
      throw conflict(described, object.metadata.name);
    }
    if (object.metadata.uid !== '' && object.metadata.uid !== before.metadata.uid) {
      throw conflict(described, object.metadata.name, `Precondition failed: UID in object meta: ${before.metadata.uid}`);
    }
    const next = keepServerFields(described, { before, sent: structuredClone(object), subresource: options.subresource });
    if (isDeepStrictEqual(next, before)) return before;
    if (needsNewGeneration(described, { before, next, subresource: options.subresource })) next.metadata.generation += 1;
    if (next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
      return this.#remove(resource, next, before);
    }
    next.metadata.resourceVersion = String(this.#revision + 1);
    return this.#write(resource, { type: 'MODIFIED', object: next, before });
  }

  modify(...call: Parameters<Store['modify']>): KubeObject | undefined {
    const [resource, key, change, options] = call;
    const before = this.get(resource, key);
    if (before === undefined) return undefined;
    const draft = structuredClone(before);
    if (change(draft) === false) return before;
    return this.update(resource, draft, options);
  }

  delete(resource: ResourceName, key: ObjectKey): KubeObject | undefined {
    const before = this.get(resource, key);
    if (before === undefined) return undefined;
    if (resource === 'namespaces' && !this.#empty(before.metadata.name)) return this.#markEnding(before);
    if ((before.metadata.finalizers ?? []).length === 0) return this.#remove(resource, structuredClone(before), before);
    if (before.metadata.deletionTimestamp !== undefined) return before;
    const marked = structuredClone(before);
    marked.metadata.deletionTimestamp = toTime(this.#clock.now());
    marked.metadata.generation += 1;
    marked.metadata.resourceVersion = String(this.#revision + 1);
    return this.#write(resource, { type: 'MODIFIED', object: marked, before });
  }

  watch(resource: ResourceName, call: (event: WatchEvent) => void): () => void {
    const listener: Listener = { resource, afterRevision: this.#revision, call };
    this.resource(resource);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  revision(): string {
    return String(this.#revision);
  }

  eventsSince(resource: ResourceName, revision: number): readonly WatchEvent[] {
    return this.#history.since(resource, revision);
  }

  remembers(revision: number): boolean {
    return this.#history.reaches(revision);
  }

  compact(): void {
    this.#history.forget();
  }

  close(): void {
    this.#journal?.close();
  }

  #restore(objects: JournalState['objects']): void {
    for (const { resource, object } of objects) {
      this.#tables.get(resource)?.put(deepFreeze(object));
      if (resource === 'namespaces' && object.metadata.deletionTimestamp !== undefined) this.#ending.add(object.metadata.name);
    }
  }

  /** Deletes the content; false while finalizers hold some of it back. Owners go first, so that no controller sees its objects go while it still wants them. */
  #empty(namespace: string): boolean {
    this.#ending.add(namespace);
    const content = this.#contentOf(namespace).toSorted(
      (a, b) => (a.object.metadata.ownerReferences?.length ?? 0) - (b.object.metadata.ownerReferences?.length ?? 0),
    );
    for (const { name, object } of content) this.delete(name, { namespace, name: object.metadata.name });
    const isEmpty = this.#contentOf(namespace).length === 0;
    if (isEmpty) this.#ending.delete(namespace);
    return isEmpty;
  }

  #contentOf(namespace: string): { name: ResourceName; object: KubeObject }[] {
    return [...this.#tables].flatMap(([name, table]) => table.list(namespace).map((object) => ({ name, object })));
  }

  #markEnding(namespace: KubeObject): KubeObject {
    if (namespace.metadata.deletionTimestamp !== undefined) return namespace;
    const marked = structuredClone(namespace);
    marked.metadata.deletionTimestamp = toTime(this.#clock.now());
    marked['status'] = { phase: 'Terminating' };
    marked.metadata.resourceVersion = String(this.#revision + 1);
    return this.#write('namespaces', { type: 'MODIFIED', object: marked, before: namespace });
  }

  #remove(resource: ResourceName, object: KubeObject, before: KubeObject): KubeObject {
    object.metadata.resourceVersion = String(this.#revision + 1);
    const removed = this.#write(resource, { type: 'DELETED', object, before });
    for (const [name, table] of this.#tables) {
      for (const owned of table.ownedBy(removed.metadata.uid)) this.#orphanOrDelete(name, owned, removed.metadata.uid);
    }
    const { namespace } = removed.metadata;
    const isLast = namespace !== undefined && this.#ending.has(namespace) && this.#contentOf(namespace).length === 0;
    if (isLast && this.get('namespaces', { name: namespace })?.metadata.deletionTimestamp !== undefined)
      this.delete('namespaces', { name: namespace });
    return removed;
  }

  /** An object with another living owner only loses the reference, as the garbage collector does it. */
  #orphanOrDelete(resource: ResourceName, owned: KubeObject, ownerUid: string): void {
    const others = (owned.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== ownerUid);
    if (others.length === 0) {
      this.delete(resource, owned.metadata);
      return;
    }
    this.modify(resource, owned.metadata, (draft) => {
      draft.metadata.ownerReferences = others;
    });
  }

  #write(resource: ResourceName, event: WatchEvent): KubeObject {
    const { object } = event;
    const { name, namespace } = object.metadata;
    deepFreeze(object);
    this.#revision += 1;
    if (event.type === 'DELETED') this.#table(resource).remove(event.before ?? object);
    else this.#table(resource).put(object);
    this.#journal?.append({
      revision: this.#revision,
      resource,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(event.type === 'DELETED' ? {} : { object }),
    });
    this.#history.record(this.#revision, resource, event);
    this.#undelivered.push({ revision: this.#revision, resource, event });
    if (this.#undelivered.length === 1) queueMicrotask(() => this.#deliver());
    return object;
  }

  /** Listeners run after the write has returned, so that a controller is never called from inside its own write. */
  #deliver(): void {
    const batch = this.#undelivered;
    this.#undelivered = [];
    for (const { revision, resource, event } of batch) {
      for (const listener of this.#listeners) {
        if (listener.resource !== resource || revision <= listener.afterRevision) continue;
        try {
          listener.call(event);
        } catch (error) {
          this.#onListenerError(error);
        }
      }
    }
  }

  #table(resource: ResourceName): ObjectTable {
    const table = this.#tables.get(resource);
    if (table === undefined) throw notFound({ plural: 'resources', group: '' }, resource);
    return table;
  }

  #normalized(resource: ResourceName, key: ObjectKey): ObjectKey {
    return this.resource(resource).namespaced ? key : { name: key.name };
  }
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
