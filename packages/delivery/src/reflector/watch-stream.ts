import type { Clock } from '../clock/index.ts';
import { pathOf, type ClusterClient, type ResourceKind } from '../cluster/index.ts';
import { isObject, numberAt, textAt } from '../json/index.ts';
import { readLines } from './read-lines.ts';

/** One event of a watch. */
export type WatchEvent = { type: 'put' | 'removed'; object: unknown } | { type: 'bookmark'; resourceVersion: string; endsInitial: boolean };

/**
 * Why a watch ended: `closed` by the server in good order or cut off; `expired`: its version is too old to go on from; `broken`: it sent something
 * that is not an event; `idle`: nothing came for too long; `refused`: it was not opened, or the server reported an error in it.
 */
export type WatchEnd = { end: 'closed' | 'expired' | 'broken' | 'idle' } | { end: 'refused'; status: number };

export interface Selection {
  resource: ResourceKind;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
}
export interface WatchRequest extends Selection {
  client: Pick<ClusterClient, 'open'>;
  /** Where to go on from; null asks for everything first (WatchList), which ends with a bookmark. */
  from: string | null;
  timeoutSeconds: number;
  clock: Clock;
  signal: AbortSignal;
}

/** Longer than the minute between two bookmarks. */
const idleMs = 90_000;
const initialEnd = 'k8s.io/initial-events-end';

/** Reads one watch to its end. It throws what keeps a connection from being made; a connection that breaks later is an end. */
export async function readWatch(request: WatchRequest, onEvent: (event: WatchEvent) => Promise<void>): Promise<WatchEnd> {
  const idle = new IdleGuard(request.clock);
  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, idle.signal, left.signal]);
  const namespace = request.namespace === undefined ? {} : { namespace: request.namespace };
  const path = pathOf({ kind: request.resource, ...namespace });
  try {
    const answer = await request.client.open({ path, query: queryOf(request), signal, bodyTimeoutMs: 0 });
    if (answer.status !== 200) {
      await answer.text();
      return answer.status === 410 ? { end: 'expired' } : { end: 'refused', status: answer.status };
    }
    return await readEvents(answer.body, idle, onEvent);
  } catch (error) {
    if (idle.signal.aborted) return { end: 'idle' };
    throw error;
  } finally {
    idle.stop();
    // Whatever made us leave, the connection is not left open behind us.
    left.abort();
  }
}

async function readEvents(body: AsyncIterable<unknown>, idle: IdleGuard, onEvent: (event: WatchEvent) => Promise<void>): Promise<WatchEnd> {
  const lines = readLines(body);
  for (;;) {
    const line = await nextLine(lines, idle);
    if (line === null) return idle.signal.aborted ? { end: 'idle' } : { end: 'closed' };
    const event = parse(line);
    if ('end' in event) return event;
    await onEvent(event);
  }
}

/** The next line, or null when the connection ended in whatever way: what was read so far stays good. */
async function nextLine(lines: AsyncGenerator<string>, idle: IdleGuard): Promise<string | null> {
  idle.start();
  try {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  } catch {
    return null;
  } finally {
    idle.stop();
  }
}

function queryOf(request: WatchRequest): Record<string, string | undefined> {
  const common = {
    watch: '1',
    allowWatchBookmarks: 'true',
    labelSelector: request.labelSelector,
    timeoutSeconds: String(request.timeoutSeconds),
  };
  if (request.from !== null) return { ...common, resourceVersion: request.from };
  return { ...common, sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
}

function parse(line: string): WatchEvent | WatchEnd {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return { end: 'broken' };
  }
  const object = isObject(event) ? event['object'] : undefined;
  switch (textAt(event, 'type')) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'put', object };
    case 'DELETED':
      return { type: 'removed', object };
    case 'BOOKMARK':
      return {
        type: 'bookmark',
        resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
        endsInitial: textAt(object, 'metadata', 'annotations', initialEnd) === 'true',
      };
    case 'ERROR': {
      const status = numberAt(object, 'code') ?? 500;
      return status === 410 ? { end: 'expired' } : { end: 'refused', status };
    }
    default:
      return { end: 'broken' };
  }
}

/** Aborts its signal when nothing was read for `idleMs`; time during which the reader is busy with an event does not count. */
class IdleGuard {
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  #round: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  start(): void {
    const round = new AbortController();
    this.#round = round;
    void this.#clock.wait(idleMs, round.signal).then(() => {
      if (!round.signal.aborted) this.#abort.abort();
    });
  }

  stop(): void {
    this.#round?.abort();
    this.#round = null;
  }
}
