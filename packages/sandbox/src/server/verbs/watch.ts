import type { ServerResponse } from 'node:http';
import { ApiError, invalidOptions, toStatus } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { WatchEvent } from '../../store/store.ts';
import type { ApiRequest, ServerParts, Target } from '../request.ts';
import { parseFieldSelector } from '../select/field-selector.ts';
import { parseLabelSelector } from '../select/label-selector.ts';
import { answerForm, type AnswerForm } from '../wire/accept.ts';
import { apiVersionOf, type Presenter } from '../wire/present.ts';
import { presenterFor, selectObjects } from './read.ts';
import { parseRevision, readRevision } from './revision.ts';

/** A watcher that lets this much pile up unread is cut off; it comes back from its last resourceVersion. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

/** Open watch streams of one server, so that a fault or the end of the server can close them. */
export class OpenWatches {
  readonly #open = new Map<ServerResponse, { path: string; end: () => void }>();

  add(response: ServerResponse, path: string, end: () => void): void {
    this.#open.set(response, { path, end });
  }

  remove(response: ServerResponse): void {
    this.#open.delete(response);
  }

  /** Cuts the connections of the watches whose path matches; returns how many there were. */
  drop(matches: (path: string) => boolean): number {
    const dropped = [...this.#open].filter(([, watch]) => matches(watch.path));
    for (const [response] of dropped) response.destroy();
    return dropped.length;
  }

  endAll(): void {
    for (const { end } of this.#open.values()) end();
  }
}

/** GET with `watch=1`: a stream of JSON lines, one for each change, until the client or `timeoutSeconds` ends it. */
export function watchObjects(parts: ServerParts & { watches: OpenWatches }, request: ApiRequest, target: Target): void {
  const { query } = request;
  const start = startOf(parts, query);
  const stream = new WatchStream(parts, request, target);
  stream.open();
  if (start.kind === 'state') {
    for (const object of selectObjects(parts, request, target)) stream.send('ADDED', object);
    if (start.endMark) stream.sendInitialEnd(parts.store.revision());
    stream.follow(Number(parts.store.revision()));
    return;
  }
  try {
    stream.replay(parts.store.eventsSince(target.resourceName, start.revision));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    stream.sendError(error);
    return;
  }
  // From a version that is not reached yet nothing comes until it is.
  stream.follow(Math.max(start.revision, Number(parts.store.revision())));
}

type WatchStart = { kind: 'state'; endMark: boolean } | { kind: 'after'; revision: number };

function startOf(parts: ServerParts, query: URLSearchParams): WatchStart {
  if (isTrue(query.get('sendInitialEvents'))) {
    parseRevision(parts.store, query.get('resourceVersion'));
    if (query.get('resourceVersionMatch') !== 'NotOlderThan')
      throw invalidOptions('ListOptions', {
        field: 'resourceVersionMatch',
        message: 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      });
    return { kind: 'state', endMark: isTrue(query.get('allowWatchBookmarks')) };
  }
  const revision = readRevision(query.get('resourceVersion'));
  return revision === undefined || revision === 0 ? { kind: 'state', endMark: false } : { kind: 'after', revision };
}

/** `1` and `true`, as Go reads a boolean parameter. */
export function isTrue(text: string | null): boolean {
  return text === '1' || text === 'true';
}

class WatchStream {
  readonly #parts: ServerParts & { watches: OpenWatches };
  readonly #request: ApiRequest;
  readonly #target: Target;
  readonly #form: AnswerForm;
  readonly #presenter: Presenter;
  readonly #matches: (object: KubeObject) => boolean;
  readonly #endings: (() => void)[] = [];

  constructor(parts: ServerParts & { watches: OpenWatches }, request: ApiRequest, target: Target) {
    this.#parts = parts;
    this.#request = request;
    this.#target = target;
    this.#form = answerForm(request.incoming.headers.accept);
    this.#presenter = presenterFor(parts, request, target);
    const labelTest = parseLabelSelector(request.query.get('labelSelector'));
    const fieldTest = parseFieldSelector(target.resource, request.query.get('fieldSelector'));
    this.#matches = (object) =>
      (target.namespace === undefined || object.metadata.namespace === target.namespace) &&
      (target.name === undefined || object.metadata.name === target.name) &&
      labelTest(object.metadata.labels) &&
      fieldTest(object);
  }

  open(): void {
    const { response, url } = this.#request;
    response.writeHead(200, { 'Content-Type': 'application/json;stream=watch', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
    this.#parts.watches.add(response, url.pathname, () => response.end());
    response.once('close', () => this.#close());
  }

  /** Delivers what comes after the revision, with bookmarks when they are asked for. */
  follow(revision: number): void {
    const { store, clock, bookmarkIntervalMs } = this.#parts;
    const { query, response } = this.#request;
    this.#endings.push(
      store.watch(this.#target.resourceName, (event) => {
        if (Number(event.object.metadata.resourceVersion) > revision) this.#deliver(event);
      }),
    );
    if (isTrue(query.get('allowWatchBookmarks'))) this.#repeatBookmark(bookmarkIntervalMs);
    const timeoutSeconds = Number(query.get('timeoutSeconds') ?? '0');
    if (timeoutSeconds > 0) {
      this.#endings.push(
        clock.after(timeoutSeconds * 1000, () => {
          this.#sendBookmarkBeforeEnd();
          response.end();
        }),
      );
    }
    if (response.destroyed) this.#close();
  }

  replay(events: readonly WatchEvent[]): void {
    for (const event of events) this.#deliver(event);
  }

  send(type: WatchEvent['type'], object: KubeObject): void {
    this.#write(`{"type":"${type}","object":${this.#toJson(object)}}\n`);
  }

  sendInitialEnd(revision: string): void {
    this.#sendBookmark(revision, { 'k8s.io/initial-events-end': 'true' });
  }

  sendError(error: ApiError): void {
    this.#write(`${JSON.stringify({ type: 'ERROR', object: toStatus(error) })}\n`);
    this.#request.response.end();
  }

  #deliver({ type, object, before }: WatchEvent): void {
    const isIn = type !== 'DELETED' && this.#matches(object);
    const wasIn = before !== undefined && this.#matches(before);
    if (isIn) this.send(wasIn ? 'MODIFIED' : 'ADDED', object);
    else if (wasIn) this.send('DELETED', type === 'DELETED' ? object : leftSelection(before, object));
  }

  #repeatBookmark(intervalMs: number): void {
    const cancel = this.#parts.clock.after(intervalMs, () => {
      this.#sendBookmark(this.#parts.store.revision());
      this.#endings.splice(this.#endings.indexOf(cancel), 1);
      this.#repeatBookmark(intervalMs);
    });
    this.#endings.push(cancel);
  }

  #sendBookmarkBeforeEnd(): void {
    if (isTrue(this.#request.query.get('allowWatchBookmarks'))) this.#sendBookmark(this.#parts.store.revision());
  }

  #sendBookmark(resourceVersion: string, annotations?: Record<string, string>): void {
    const { resource } = this.#target;
    const type =
      this.#form === 'object'
        ? { kind: resource.kind, apiVersion: apiVersionOf(resource) }
        : { kind: this.#form === 'table' ? 'Table' : 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
    const rows = this.#form === 'table' ? { columnDefinitions: [], rows: [] } : {};
    const metadata = { resourceVersion, creationTimestamp: null, ...(annotations === undefined ? {} : { annotations }) };
    this.#write(`${JSON.stringify({ type: 'BOOKMARK', object: { ...type, metadata, ...rows } })}\n`);
  }

  #toJson(object: KubeObject): string {
    return this.#form === 'object' ? jsonOf(object) : JSON.stringify(this.#presenter.object(object));
  }

  #write(line: string): void {
    const { response } = this.#request;
    if (response.destroyed || response.writableEnded) return;
    response.write(line);
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  }

  #close(): void {
    this.#parts.watches.remove(this.#request.response);
    for (const end of this.#endings.splice(0)) end();
  }
}

/** The object as it last was inside the selection, at the revision at which it left. */
function leftSelection(before: KubeObject, now: KubeObject): KubeObject {
  return { ...before, metadata: { ...before.metadata, resourceVersion: now.metadata.resourceVersion } };
}

/** The last object is kept with its JSON: all watchers of a change get it one after another. */
const last: { object: KubeObject | undefined; json: string } = { object: undefined, json: '' };

function jsonOf(object: KubeObject): string {
  if (last.object !== object) {
    last.json = JSON.stringify(object);
    last.object = object;
  }
  return last.json;
}
