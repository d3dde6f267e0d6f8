import { createDatabase, inTransaction } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { appendEvents, createAnnouncer, eventChannel } from '@flow/db/events';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHub } from './hub.ts';
import type { Hub } from './hub.ts';

let database: TestDatabase;
let db: Database;
let hub: Hub;
const stopping = new AbortController();

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  for (const id of ['t1', 't2']) await db.prisma.tenant.create({ data: { id, slug: id, name: id } });
  hub = createHub({ db, signal: stopping.signal, onError: () => undefined });
});
afterAll(async () => {
  stopping.abort();
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function write(n: number, topic = 'deployment:d1', tenantId = 't1'): Promise<void> {
  await inTransaction(db, (tx) => appendEvents(tx, [{ tenantId, topics: [topic], type: 'deployment.changed', data: { n } }]));
  const announcer = createAnnouncer(db);
  announcer.announce(eventChannel);
  await announcer.close();
}

function page(lastEventId: string | null, topics = ['deployment:d1']) {
  const frames: string[] = [];
  const subscription = hub.subscribe({ tenantId: 't1', topics, lastEventId, send: (frame) => frames.push(frame) });
  const numbers = () => frames.flatMap((frame) => [...frame.matchAll(/"n":(\d+)/g)].map((match) => Number(match[1])));
  const lastId = () => frames.flatMap((frame) => [...frame.matchAll(/^id: (.*)$/gm)].map((match) => match[1] ?? '')).at(-1) ?? '';
  return { frames, numbers, lastId, ...subscription };
}

test('an event reaches the pages of its topic and tenant, and no other', async () => {
  const mine = page(null);
  const other = page(null, ['deployment:d2']);
  await Promise.all([mine.caughtUp, other.caughtUp]);
  await write(1);
  await write(2, 'deployment:d1', 't2');
  await expect.poll(() => mine.numbers()).toEqual([1]);
  expect(other.numbers()).toEqual([]);
  mine.end();
  other.end();
});

test('a page that was away gets what it missed, in order, each event once', async () => {
  const first = page(null);
  await first.caughtUp;
  await write(10);
  await expect.poll(() => first.numbers()).toContain(10);
  first.end();
  await write(11);
  await write(12);
  const again = page(first.lastId());
  await write(13);
  await again.caughtUp;
  await expect.poll(() => again.numbers()).toEqual([11, 12, 13]);
  again.end();
});

test('a page that comes back with a place that is none is told to start anew', async () => {
  const lost = page('nonsense');
  await lost.caughtUp;
  expect(lost.frames[0]).toMatch(/^id: .*\nevent: reset\n/);
  lost.end();
});

test('a page that missed too much is told to start anew instead of being sent it all', async () => {
  const start = page(null);
  await start.caughtUp;
  start.end();
  const events = Array.from({ length: 1_001 }, (_, n) => ({
    tenantId: 't1',
    topics: ['deployment:d1'],
    type: 'deployment.changed' as const,
    data: { n },
  }));
  await inTransaction(db, (tx) => appendEvents(tx, events));
  // Events are read once no transaction is open, in any database of the server, that began before them.
  const shown = async (): Promise<string[]> => {
    const away = page(start.lastId());
    await away.caughtUp;
    away.end();
    return away.frames;
  };
  await expect.poll(shown).toEqual([expect.stringMatching(/event: reset/)]);
});

test('a page whose place was deleted meanwhile, or is of a time that the database has not reached, is told to start anew', async () => {
  const before = page(null);
  await before.caughtUp;
  await write(20);
  await expect.poll(() => before.numbers()).toContain(20);
  before.end();
  const [txId, position] = before.lastId().split('.').map(Number);
  await write(21);
  await db.prisma.event.deleteMany({ where: { position: { lte: position ?? 0 } } });
  // The database was restored on a server that has not counted so far.
  for (const place of [before.lastId(), `${(txId ?? 0) + 1_000_000}.${position ?? 0}`]) {
    const away = page(place);
    await away.caughtUp;
    expect(away.frames).toEqual([expect.stringMatching(/^id: .*\nevent: reset\n/)]);
    await write(22);
    await expect.poll(() => away.numbers()).toEqual([22]);
    away.end();
  }
});
