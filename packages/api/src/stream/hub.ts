import { currentCursor, eventChannel, eventsAfter, eventsOfTopicsAfter, formatCursor, isOnLog, listen, parseCursor } from '@flow/db/events';
import type { Cursor, LoggedEvent } from '@flow/db/events';
import type { Database } from '@flow/db/client';

/** One open page. `send` is given whole frames that are made once for all pages. */
export interface Subscriber {
  tenantId: string;
  topics: readonly string[];
  /** Where the page was when it lost its connection; null for a new page. */
  lastEventId: string | null;
  send(frame: string): void;
}

export interface Subscription {
  /** Resolves when what was missed has been sent; from then on frames come as they are committed. */
  caughtUp: Promise<void>;
  end(): void;
}

/** The one reader of the event log in a web process: topic → pages. */
export interface Hub {
  subscribe(subscriber: Subscriber): Subscription;
  readonly subscriberCount: number;
}

export interface HubOptions {
  db: Database;
  signal: AbortSignal;
  onError: (error: unknown) => void;
  /** Called with each event of all tenants before it is sent, to drop what is remembered of sessions. */
  onEvent?: (event: LoggedEvent) => void;
}

const pageSize = 500;
/** A page that missed more than this refetches what it shows instead. */
const gapMax = 1_000;

interface Reader {
  subscriber: Subscriber;
  /** Frames that came while the gap was read; null when it is caught up. */
  waiting: { cursor: Cursor; frame: string }[] | null;
  /** The newest event that the page has: the gap may have been read further than the hub has come. */
  sent: Cursor;
}

/**
 * Reads the log on each notice, makes a frame once for each event, and writes it to the pages of its topics. A page first gets what it missed:
 * it is registered before the gap is read, so nothing falls between, and nothing comes twice, since both sides are ordered by position.
 */
export function createHub(options: HubOptions): Hub {
  const { db, signal } = options;
  const index = createTopicIndex();
  const reader = createLogReader(options, (event) => {
    options.onEvent?.(event);
    const receivers = index.receiversOf(event);
    if (receivers.size === 0) return;
    const frame = frameOf(event);
    for (const receiver of receivers) {
      if (receiver.waiting === null) sendNewer(receiver, event.cursor, frame);
      else receiver.waiting.push({ cursor: event.cursor, frame });
    }
  });
  listen(db.url, { channel: eventChannel, onNotice: () => reader.read(), signal, safetyMs: 2_000 });
  return {
    get subscriberCount() {
      return index.size();
    },
    subscribe(subscriber) {
      const receiver: Reader = { subscriber, waiting: [], sent: { txId: 0n, position: 0n } };
      index.add(receiver);
      return { caughtUp: catchUp(db, receiver, () => reader.place()), end: () => index.remove(receiver) };
    },
  };
}

interface LogReader {
  /** Where the hub is. */
  place(): Promise<Cursor>;
  /** Reads on from there; called while it reads, it reads once more. */
  read(): void;
}

function createLogReader({ db, signal, onError }: HubOptions, deliver: (event: LoggedEvent) => void): LogReader {
  let cursor: Cursor | undefined;
  let starting: Promise<Cursor> | undefined;
  let isReading = false;
  let readAgain = false;

  // The first place is found once: a page that opens meanwhile starts from the same one.
  const place = async (): Promise<Cursor> => {
    if (cursor !== undefined) return cursor;
    starting ??= currentCursor(db).finally(() => {
      starting = undefined;
    });
    const first = await starting;
    cursor ??= first;
    return cursor;
  };

  const readOn = async (): Promise<void> => {
    for (;;) {
      const events = await eventsAfter(db, await place(), pageSize);
      for (const event of events) {
        deliver(event);
        cursor = event.cursor;
      }
      if (events.length < pageSize) return;
    }
  };

  const read = (): void => {
    if (isReading) {
      readAgain = true;
      return;
    }
    isReading = true;
    readOn()
      .catch(onError)
      .finally(() => {
        isReading = false;
        if (readAgain && !signal.aborted) {
          readAgain = false;
          read();
        }
      });
  };
  return { place, read };
}

interface TopicIndex {
  add(reader: Reader): void;
  remove(reader: Reader): void;
  receiversOf(event: LoggedEvent): ReadonlySet<Reader>;
  size(): number;
}

function createTopicIndex(): TopicIndex {
  const byTopic = new Map<string, Set<Reader>>();
  const readers = new Set<Reader>();
  const keysOf = ({ subscriber }: Reader): string[] => subscriber.topics.map((topic) => topicKey(subscriber.tenantId, topic));
  return {
    size: () => readers.size,
    add(reader) {
      readers.add(reader);
      for (const key of keysOf(reader)) byTopic.set(key, (byTopic.get(key) ?? new Set()).add(reader));
    },
    remove(reader) {
      readers.delete(reader);
      for (const key of keysOf(reader)) {
        const set = byTopic.get(key);
        set?.delete(reader);
        if (set?.size === 0) byTopic.delete(key);
      }
    },
    receiversOf: (event) => new Set(event.topics.flatMap((topic) => [...(byTopic.get(topicKey(event.tenantId, topic)) ?? [])])),
  };
}

async function catchUp(db: Database, reader: Reader, hubPlace: () => Promise<Cursor>): Promise<void> {
  const { subscriber } = reader;
  const from = subscriber.lastEventId === null ? undefined : parseCursor(subscriber.lastEventId);
  let sent = from;
  if (from === undefined || !(await isOnLog(db, from))) {
    sent = await hubPlace();
    // A page that comes back with a place that is none must not go on as if nothing had happened.
    subscriber.send(subscriber.lastEventId === null ? helloFrame(sent) : resetFrame(sent, 'The place to go on from is not known'));
  } else {
    const missed = await eventsOfTopicsAfter(db, subscriber.tenantId, { topics: subscriber.topics, cursor: from, limit: gapMax + 1 });
    if (missed.length > gapMax) {
      sent = await currentCursor(db);
      subscriber.send(resetFrame(sent, 'Too much has happened meanwhile'));
    } else {
      for (const event of missed) subscriber.send(frameOf(event));
      sent = missed.at(-1)?.cursor ?? from;
    }
  }
  reader.sent = sent;
  for (const { cursor, frame } of reader.waiting ?? []) sendNewer(reader, cursor, frame);
  reader.waiting = null;
}

function sendNewer(reader: Reader, cursor: Cursor, frame: string): void {
  if (!isAfter(cursor, reader.sent)) return;
  reader.sent = cursor;
  reader.subscriber.send(frame);
}

function isAfter(left: Cursor, right: Cursor): boolean {
  return left.txId > right.txId || (left.txId === right.txId && left.position > right.position);
}

function topicKey(tenantId: string, topic: string): string {
  return `${tenantId}\n${topic}`;
}

/** A frame as EventSource reads it (WHATWG HTML, "Server-sent events"). */
function frameOf(event: LoggedEvent): string {
  const { id, type, at, topics, data } = event;
  return `id: ${id}\ndata: ${JSON.stringify({ id, type, at, topics, data })}\n\n`;
}

function helloFrame(cursor: Cursor): string {
  return `id: ${formatCursor(cursor)}\nevent: hello\ndata: {}\n\n`;
}

function resetFrame(cursor: Cursor, reason: string): string {
  const id = formatCursor(cursor);
  return `id: ${id}\nevent: reset\ndata: ${JSON.stringify({ id, reason })}\n\n`;
}
