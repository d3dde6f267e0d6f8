import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../store/index.ts';
import { startTestCluster, type TestCluster } from './testing/test-cluster.ts';
import { textAt, valueAt, type JsonObject } from './wire/json-object.ts';

const path = '/api/v1/namespaces/default/configmaps';
let cluster: TestCluster;
let clock: ManualClock;

const aConfigMap = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
});
const create = async (name: string, labels?: Record<string, string>) =>
  (await cluster.call('POST', path, { body: aConfigMap(name, labels) })).body;
const short = (event: { type: string; object: JsonObject } | undefined) =>
  event === undefined ? 'end' : `${event.type} ${textAt(event.object, 'metadata', 'name')}`.trim();
const revisionOf = (object: JsonObject) => textAt(object, 'metadata', 'resourceVersion');

beforeEach(async () => {
  clock = createManualClock();
  cluster = await startTestCluster({ clock, historyLimit: 50 });
});

afterEach(async () => {
  await cluster.stop();
});

describe('a watch', () => {
  test('from a resourceVersion tells everything since, then what happens, in order', async () => {
    const first = await create('a');
    await create('b');
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revisionOf(first)}`);
    await create('c');
    await cluster.call('DELETE', `${path}/a`);
    expect([short(await watch.next()), short(await watch.next()), short(await watch.next())]).toEqual(['ADDED b', 'ADDED c', 'DELETED a']);
    watch.close();
  });

  test('by label tells an object that leaves the selection as deleted, and one that enters as added', async () => {
    const start = await create('first', { on: 'yes' });
    const watch = await cluster.watch(`${path}?watch=1&labelSelector=on%3Dyes&resourceVersion=${revisionOf(start)}`);
    const relabel = async (name: string, on: string | null) =>
      cluster.call('PATCH', `${path}/${name}`, { body: { metadata: { labels: { on } } }, type: 'application/merge-patch+json' });
    await relabel('first', null);
    const left = await watch.next();
    await relabel('first', 'yes');
    const entered = await watch.next();
    await relabel('first', 'no');
    expect([short(left), short(entered), short(await watch.next())]).toEqual(['DELETED first', 'ADDED first', 'DELETED first']);
    expect(valueAt(left, 'object', 'metadata', 'labels', 'on')).toBe('yes');
    expect(Number(revisionOf(left?.object ?? {}))).toBeGreaterThan(Number(revisionOf(start)));
    watch.close();
  });

  test('from a forgotten resourceVersion is answered 200 with an ERROR event of 410 in the stream', async () => {
    const start = await create('start');
    for (let index = 0; index < 120; index += 1) await create(`filler-${index}`);
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revisionOf(start)}`);
    const event = await watch.next();
    expect([event?.type, event?.object['code'], event?.object['reason']]).toEqual(['ERROR', 410, 'Expired']);
    expect(short(await watch.next())).toBe('end');
  });

  test('from a resourceVersion that is not reached yet tells nothing until it is', async () => {
    const start = await create('early');
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${Number(revisionOf(start)) + 1}`);
    await create('unheard');
    await create('heard');
    expect(short(await watch.next())).toBe('ADDED heard');
    watch.close();
    expect((await cluster.call('GET', `${path}?resourceVersion=999999`)).status).toBe(504);
  });

  test('that asks for bookmarks gets one each minute, and one before its time is over', async () => {
    const start = await create('start');
    const watch = await cluster.watch(`${path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=90&resourceVersion=${revisionOf(start)}`);
    await cluster.call('POST', '/api/v1/namespaces/default/pods', {
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'elsewhere' }, spec: { containers: [{ name: 'a', image: 'b' }] } },
    });
    await clock.advance(60_000);
    const bookmark = await watch.next();
    expect([bookmark?.type, revisionOf(bookmark?.object ?? {}), bookmark?.object['kind']]).toEqual([
      'BOOKMARK',
      cluster.sandbox.store.revision(),
      'ConfigMap',
    ]);
    await clock.advance(30_000);
    expect((await watch.next())?.type).toBe('BOOKMARK');
    expect(short(await watch.next())).toBe('end');
  });

  test('that asks for the initial events ends them with the marked bookmark', async () => {
    await create('a');
    await create('b');
    const watch = await cluster.watch(`${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`);
    expect([short(await watch.next()), short(await watch.next())]).toEqual(['ADDED a', 'ADDED b']);
    const end = await watch.next();
    expect([end?.type, valueAt(end?.object, 'metadata', 'annotations', 'k8s.io/initial-events-end')]).toEqual(['BOOKMARK', 'true']);
    await create('c');
    expect(short(await watch.next())).toBe('ADDED c');
    watch.close();
  });

  test('for metadata only carries nothing else', async () => {
    const start = await create('start');
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revisionOf(start)}`, {
      Accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    });
    await cluster.call('POST', path, { body: { ...aConfigMap('slim'), data: { big: 'x' } } });
    const event = await watch.next();
    expect([event?.object['kind'], event?.object['data']]).toEqual(['PartialObjectMetadata', undefined]);
    watch.close();
  });

  test('is cut by the drop-watch fault and can go on from where it was', async () => {
    const start = await create('start');
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revisionOf(start)}`);
    const { body } = await cluster.call('POST', '/sandbox/faults', { body: { kind: 'drop-watch', match: { path: 'configmaps' } } });
    expect(body['dropped']).toBe(1);
    expect(short(await watch.next())).toBe('end');
    await create('meanwhile');
    const again = await cluster.watch(`${path}?watch=1&resourceVersion=${revisionOf(start)}`);
    expect(short(await again.next())).toBe('ADDED meanwhile');
    again.close();
  });

  test('from before a restart is 410 afterwards, and resourceVersions go on growing', async () => {
    const before = await create('before');
    await cluster.restart();
    const watch = await cluster.watch(`${path}?watch=1&resourceVersion=${revisionOf(before)}`);
    expect((await watch.next())?.object['code']).toBe(410);
    expect(Number(revisionOf(await create('after')))).toBeGreaterThan(Number(revisionOf(before)));
    expect((await cluster.call('GET', `${path}/before`)).status).toBe(200);
  });
});
