import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../clock/index.ts';
import { kinds } from '../cluster/index.ts';
import { valueAt } from '../json/index.ts';
import type { Change } from './known-objects.ts';
import { reflect, type ReflectorHealth } from './reflect.ts';
import { ScriptedServer } from './testing/scripted-server.ts';

/** A follower that keeps what it was told and checks on the way that nothing went back in time. */
class Follower {
  readonly cache = new Map<string, { uid: string; value: unknown; version: number }>();
  readonly changes: Change<unknown>[] = [];
  readonly health: ReflectorHealth[] = [];
  readonly clock = new ManualClock('2026-01-01T00:00:00Z');
  readonly stop = new AbortController();
  synced = 0;
  failing = 0;
  done: Promise<void> = Promise.resolve();

  start(server: ScriptedServer, random: () => number): void {
    this.done = reflect({
      client: server.client,
      resource: kinds.rollouts,
      project: (object) => valueAt(object, 'value'),
      onChange: (changes) => this.take(changes),
      onSynced: () => {
        this.synced += 1;
      },
      onHealth: (health) => this.health.push(health),
      clock: this.clock,
      random,
      signal: this.stop.signal,
    });
  }

  private take(changes: readonly Change<unknown>[]): void {
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error('the database is away');
    }
    for (const change of changes) {
      this.changes.push(change);
      const before = this.cache.get(change.name);
      if (change.type === 'deleted') {
        expect(before?.uid).toBe(change.uid);
        this.cache.delete(change.name);
      } else {
        if (before !== undefined) expect(before.uid === change.uid && before.version < Number(change.resourceVersion)).toBe(true);
        this.cache.set(change.name, { uid: change.uid, value: change.view, version: Number(change.resourceVersion) });
      }
    }
  }
}

let server: ScriptedServer;
let follower: Follower;
beforeEach(() => {
  server = new ScriptedServer();
  follower = new Follower();
});
afterEach(async () => {
  follower.stop.abort();
  await follower.clock.advance(1_000);
  await follower.done;
});

function expectSame(): void {
  const there = [...server.objects.values()].map(({ name, uid, value }) => ({ name, uid, value }));
  const cached = [...follower.cache].map(([name, { uid, value }]) => ({ name, uid, value }));
  const byName = (left: { name: string }, right: { name: string }) => left.name.localeCompare(right.name);
  expect(cached.toSorted(byName)).toEqual(there.toSorted(byName));
}

async function synced(withWatchList = true): Promise<void> {
  server.hasWatchList = withWatchList;
  for (const name of ['a', 'b', 'c']) server.put(name, '1');
  follower.start(server, () => 0.5);
  await follower.clock.advance(2_000);
  expectSame();
  expect(follower.synced).toBe(1);
}

describe.each([true, false])('a reflector (WatchList: %s)', (withWatchList) => {
  test('shows what is there, then every change', async () => {
    await synced(withWatchList);
    server.put('a', '2');
    server.put('d', '1');
    server.remove('b');
    await follower.clock.advance(100);
    expectSame();
    expect(server.lists).toBe(1);
    expect(follower.health).toEqual(expect.arrayContaining([{ state: 'live' }]));
  });

  test.each([
    ['a 429 when the watch is opened', () => failOnOpen({ on: 'open', status: 429 }), 1],
    ['a 500 when the watch is opened', () => failOnOpen({ on: 'open', status: 500 }), 1],
    ['an unreachable cluster', () => failOnOpen({ on: 'open', throws: true }), 1],
    ['a connection that is reset', () => server.fail({ on: 'watch', cut: 'reset' }), 1],
    ['a watch that the server ends', () => server.fail({ on: 'watch', cut: 'close' }), 1],
    ['a line that is cut off', () => server.fail({ on: 'watch', cut: 'truncated' }), 1],
    ['HTTP 410 when the watch is opened', () => failOnOpen({ on: 'open', status: 410 }), 2],
    ['an error event in the stream', () => server.fail({ on: 'watch', line: '{"type":"ERROR","object":{"code":500}}\n' }), 1],
    ['410 in the stream', () => server.fail({ on: 'watch', line: '{"type":"ERROR","object":{"code":410}}\n' }), 2],
    ['a line that is not JSON', () => server.fail({ on: 'watch', line: '{"type":"MODI\u0000,,\n' }), 2],
    ['an event of an unknown type', () => server.fail({ on: 'watch', line: '{"type":"EXPLODED","object":{}}\n' }), 2],
    ['binary noise', () => server.fail({ on: 'watch', line: '\u0000\ufffd\u0001\n' }), 2],
  ])('comes back after %s', async (_what, fail, lists) => {
    await synced(withWatchList);
    await follower.clock.advance(10_000);
    fail();
    server.inSilence(() => {
      server.put('a', '2');
      server.remove('b');
      server.put('d', '1');
    });
    await follower.clock.advance(5_000);
    expectSame();
    expect(server.lists).toBe(lists);
    expect(follower.health.at(-1)).toEqual({ state: 'live' });
  });

  test('finds a half-open connection by its silence and goes on where it was', async () => {
    await synced(withWatchList);
    server.fail({ on: 'watch', cut: 'halfOpen' });
    server.put('a', '2');
    await follower.clock.advance(95_000);
    expectSame();
    expect(server.lists).toBe(1);
  });

  test('stays connected as long as bookmarks come', async () => {
    await synced(withWatchList);
    const before = server.watches;
    for (let minute = 0; minute < 5; minute += 1) {
      server.bookmark();
      await follower.clock.advance(60_000);
    }
    expect(server.watches).toBe(before);
  });

  test('finds a delete that happened while history was lost', async () => {
    await synced(withWatchList);
    await follower.clock.advance(10_000);
    server.fail({ on: 'watch', cut: 'reset' });
    server.remove('b');
    server.compact();
    await follower.clock.advance(5_000);
    expectSame();
    expect(follower.changes.at(-1)).toMatchObject({ type: 'deleted', name: 'b' });
  });

  test('tells an object that was made anew under the same name from the old one', async () => {
    await synced(withWatchList);
    await follower.clock.advance(10_000);
    server.fail({ on: 'watch', cut: 'reset' });
    server.remove('b');
    server.put('b', 'new');
    server.compact();
    await follower.clock.advance(5_000);
    expectSame();
    expect(follower.changes.slice(-2)).toMatchObject([
      { type: 'deleted', name: 'b', uid: 'uid-2' },
      { type: 'put', name: 'b', uid: 'uid-4' },
    ]);
  });

  test('reads everything at most once in 10 s', async () => {
    await synced(withWatchList);
    const before = server.lists;
    for (let second = 0; second < 60; second += 1) {
      server.send('{"type":"ERROR","object":{"code":410}}\n');
      await follower.clock.advance(1_000);
    }
    expect(server.lists - before).toBeLessThanOrEqual(6);
    await follower.clock.advance(15_000);
    expectSame();
  });

  test('takes no event that is older than what it has shown', async () => {
    await synced(withWatchList);
    server.put('a', '2');
    server.put('b', '2');
    await follower.clock.advance(100);
    server.send(
      `${JSON.stringify({ type: 'MODIFIED', object: { metadata: { name: 'a', namespace: 'shop', uid: 'uid-1', resourceVersion: '101' }, value: 'old' } })}\n`,
    );
    server.send(
      `${JSON.stringify({ type: 'DELETED', object: { metadata: { name: 'b', namespace: 'shop', uid: 'uid-0', resourceVersion: '9999' } } })}\n`,
    );
    await follower.clock.advance(100);
    expectSame();
  });

  test('loses nothing while its handler fails', async () => {
    await synced(withWatchList);
    follower.failing = 3;
    server.put('a', '2');
    server.remove('b');
    await follower.clock.advance(10_000);
    expectSame();
  });

  test('shows 5,000 objects and their changes', async () => {
    for (let index = 0; index < 5_000; index += 1) server.put(`bulk-${index}`, '1');
    await synced(withWatchList);
    for (let index = 0; index < 5_000; index += 1) server.put(`bulk-${index}`, '2');
    await follower.clock.advance(1_000);
    expectSame();
  });
});

test('a list that fails half way shows nothing of it', async () => {
  server.hasWatchList = false;
  for (const name of ['a', 'b', 'c']) server.put(name, '1');
  server.fail({ on: 'list', throws: true });
  follower.start(server, () => 0.5);
  await follower.clock.advance(5_000);
  expectSame();
  expect(follower.synced).toBe(1);
});

function failOnOpen(fault: Parameters<ScriptedServer['fail']>[0]): void {
  server.fail(fault);
  server.fail({ on: 'watch', cut: 'close' });
}
