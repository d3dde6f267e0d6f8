import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { callApi, watchApi, type ApiCall, type ApiEvent, type ApiWatch } from './call-api.ts';
import { aConfigMap, configMaps, listOf, metadataOf, rolloutsPath, unattendedRollout } from './objects.ts';

let engine: Engine;
const open: ApiWatch[] = [];
beforeAll(async () => {
  engine = await openEngine();
});
afterEach(() => {
  for (const watch of open.splice(0)) watch.close();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const call = (method: ApiCall['method'], path: string, body?: unknown) => callApi(engine.adminConnection, { method, path, body });
const merge = (path: string, body: unknown) =>
  callApi(engine.adminConnection, { method: 'PATCH', path, body, type: 'application/merge-patch+json' });
const watch = async (path: string, query: Record<string, string>): Promise<ApiWatch> => {
  const opened = await watchApi(engine.adminConnection, `${path}?${new URLSearchParams({ watch: '1', ...query }).toString()}`);
  open.push(opened);
  return opened;
};
const brief = (event: ApiEvent | undefined) => event && [event.type, metadataOf(event.object)['name']];
const versionNow = async (path: string) => listOf((await call('GET', path)).body).resourceVersion;

describe('a watch', () => {
  test('from a version tells all that has happened since, then what happens, in order and with the object as it was', async () => {
    const path = configMaps(engine);
    const from = await versionNow(path);
    await call('POST', path, aConfigMap('w-1', { a: '1' }));
    await merge(configMaps(engine, 'w-1'), { data: { a: '2' } });
    const { next } = await watch(path, { resourceVersion: from });
    const events = [await next(), await next()];
    await call('DELETE', configMaps(engine, 'w-1'));
    events.push(await next());
    expect(events.map(brief)).toEqual([
      ['ADDED', 'w-1'],
      ['MODIFIED', 'w-1'],
      ['DELETED', 'w-1'],
    ]);
    expect(events.map((event) => event?.object['data'])).toEqual([{ a: '1' }, { a: '2' }, { a: '2' }]);
    const versions = events.map((event) => Number(metadataOf(event?.object ?? {})['resourceVersion']));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(3);
  });

  test('by label tells an object that leaves the selection as deleted, and one that enters as added', async () => {
    const path = configMaps(engine);
    const { next } = await watch(path, { resourceVersion: await versionNow(path), labelSelector: 'watched=yes' });
    await call('POST', path, aConfigMap('w-2'));
    await merge(configMaps(engine, 'w-2'), { metadata: { labels: { watched: 'yes' } } });
    await merge(configMaps(engine, 'w-2'), { metadata: { labels: { watched: 'no' } } });
    expect([brief(await next()), brief(await next())]).toEqual([
      ['ADDED', 'w-2'],
      ['DELETED', 'w-2'],
    ]);
  });

  test('of all namespaces hears of this one, and a watch of another namespace does not', async () => {
    const all = await watch('/apis/argoproj.io/v1alpha1/rollouts', {
      resourceVersion: await versionNow(rolloutsPath(engine)),
      labelSelector: `watched=${engine.namespace}`,
    });
    const rollout = unattendedRollout('w-3');
    const labels = { ...rollout.metadata.labels, watched: engine.namespace };
    await call('POST', rolloutsPath(engine), { ...rollout, metadata: { ...rollout.metadata, labels } });
    expect(brief(await all.next())).toEqual(['ADDED', 'w-3']);
    const other = await watch('/apis/argoproj.io/v1alpha1/namespaces/default/rollouts', {
      fieldSelector: 'metadata.name=w-3',
      timeoutSeconds: '1',
    });
    expect(await other.next()).toBeUndefined();
  });

  test('without a version begins with what is there', async () => {
    await call('POST', configMaps(engine), aConfigMap('w-4'));
    const { next } = await watch(configMaps(engine), { fieldSelector: 'metadata.name=w-4' });
    expect(brief(await next())).toEqual(['ADDED', 'w-4']);
  });

  test('that asks for the initial events ends them with the marked bookmark, and goes on', async () => {
    await call('POST', configMaps(engine), aConfigMap('w-5'));
    const { next } = await watch(configMaps(engine), {
      fieldSelector: 'metadata.name=w-5',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
    });
    expect(brief(await next())).toEqual(['ADDED', 'w-5']);
    const mark = await next();
    expect(mark).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    await merge(configMaps(engine, 'w-5'), { data: { a: '1' } });
    expect(brief(await next())).toEqual(['MODIFIED', 'w-5']);
  });

  test('that asks for the initial events without saying how old they may be is refused', async () => {
    expect(await call('GET', `${configMaps(engine)}?watch=1&sendInitialEvents=true`)).toMatchObject({
      status: 422,
      body: { reason: 'Invalid', message: expect.stringContaining('resourceVersionMatch') },
    });
  });

  test('with bookmarks gets one before its time is over, from which another goes on without a gap', async () => {
    const from = await versionNow(configMaps(engine));
    const first = await watch(configMaps(engine), {
      resourceVersion: from,
      fieldSelector: 'metadata.name=w-6',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '6',
    });
    await call('POST', configMaps(engine), aConfigMap('w-6'));
    const events: ApiEvent[] = [];
    for (let event = await first.next(); event !== undefined; event = await first.next()) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', ...events.slice(1).map(() => 'BOOKMARK')]);
    const last = metadataOf(events.at(-1)?.object ?? {})['resourceVersion'];
    expect(Number(last)).toBeGreaterThanOrEqual(Number(metadataOf(events[0]?.object ?? {})['resourceVersion']));
    expect(events.length).toBeGreaterThan(1);
    await merge(configMaps(engine, 'w-6'), { data: { a: '1' } });
    const second = await watch(configMaps(engine), { resourceVersion: String(last), fieldSelector: 'metadata.name=w-6' });
    expect(brief(await second.next())).toEqual(['MODIFIED', 'w-6']);
  });

  test('ends in good order when its time is over', async () => {
    const { next, status } = await watch(configMaps(engine), {
      resourceVersion: await versionNow(configMaps(engine)),
      timeoutSeconds: '1',
    });
    expect([status, await next()]).toEqual([200, undefined]);
  });

  test('from a version that is not reached yet tells nothing', async () => {
    const watching = await watch(configMaps(engine), { resourceVersion: '99999999', timeoutSeconds: '1' });
    expect([watching.status, await watching.next()]).toEqual([200, undefined]);
  });

  test('from a version that is forgotten is answered 200 with an ERROR event of 410 in the stream', async () => {
    await engine.forgetHistory();
    const { next, status } = await watch(rolloutsPath(engine), { resourceVersion: '1' });
    expect(status).toBe(200);
    expect(await next()).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect(await next()).toBeUndefined();
  });

  test('of a Rollout’s metadata carries nothing else', async () => {
    await call('POST', rolloutsPath(engine), unattendedRollout('w-7'));
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
    const opened = await watchApi(engine.adminConnection, `${rolloutsPath(engine)}?watch=1&fieldSelector=metadata.name%3Dw-7`, accept);
    open.push(opened);
    const event = await opened.next();
    expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'PartialObjectMetadata', metadata: { name: 'w-7' } } });
    expect(event?.object['spec']).toBeUndefined();
  });
});
