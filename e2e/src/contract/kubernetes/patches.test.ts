import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { callApi, type ApiCall } from './call-api.ts';
import { aConfigMap, configMaps, metadataOf, namesField, rolloutsPath, unattendedRollout } from './objects.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const call = (method: ApiCall['method'], path: string, body?: unknown) => callApi(engine.adminConnection, { method, path, body });
const patch = (type: string, path: string, body: unknown) =>
  callApi(engine.adminConnection, { method: 'PATCH', path, body, type: `application/${type}-patch+json` });

let count = 0;
async function givenMap(data: Record<string, string>): Promise<string> {
  const name = `p-${(count += 1)}`;
  await call('POST', configMaps(engine), aConfigMap(name, data));
  return configMaps(engine, name);
}
async function givenRollout(status: Record<string, unknown>): Promise<string> {
  const name = `p-${(count += 1)}`;
  await call('POST', rolloutsPath(engine), unattendedRollout(name));
  await patch('merge', `${rolloutsPath(engine, name)}/status`, { status });
  return rolloutsPath(engine, name);
}

describe('a JSON patch', () => {
  test('tests, adds, replaces, moves, copies and removes in one go', async () => {
    const path = await givenMap({ a: '1', b: '2', c: '3' });
    const patched = await patch('json', path, [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '9' },
      { op: 'add', path: '/data/d', value: '4' },
      { op: 'remove', path: '/data/b' },
      { op: 'copy', from: '/data/a', path: '/data/e' },
      { op: 'move', from: '/data/c', path: '/data/f' },
      { op: 'add', path: '/metadata/labels', value: {} },
      { op: 'add', path: '/metadata/labels/example.com~1a', value: 'b' },
    ]);
    expect(patched).toMatchObject({ status: 200 });
    expect(patched.body).toMatchObject({ data: { a: '9', d: '4', e: '9', f: '3' }, metadata: { labels: { 'example.com/a': 'b' } } });
  });

  test('whose test fails is 422 Invalid and changes nothing', async () => {
    const path = await givenMap({ a: '1' });
    const refused = await patch('json', path, [
      { op: 'replace', path: '/data/a', value: '2' },
      { op: 'test', path: '/data/a', value: '7' },
    ]);
    expect(refused).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    expect((await call('GET', path)).body['data']).toEqual({ a: '1' });
  });

  test.each([
    ['a test of what is not there', { op: 'test', path: '/data/none', value: '1' }],
    ['a removal of what is not there', { op: 'remove', path: '/data/none' }],
    ['a replacement below what is not there', { op: 'replace', path: '/none/a', value: '1' }],
    ['an addition below what is not there', { op: 'add', path: '/none/a', value: '1' }],
    ['an addition below labels that are none', { op: 'add', path: '/metadata/labels/a', value: '1' }],
  ])('with %s is 422', async (_what, operation) => {
    expect((await patch('json', await givenMap({ a: '1' }), [operation])).status).toBe(422);
  });

  test('replaces a member that is not there, and finds it null', async () => {
    const patched = await patch('json', await givenMap({ a: '1' }), [
      { op: 'test', path: '/data/none', value: null },
      { op: 'replace', path: '/data/none', value: '1' },
    ]);
    expect(patched).toMatchObject({ status: 200, body: { data: { a: '1', none: '1' } } });
  });

  test('that is no patch is 400', async () => {
    expect((await patch('json', await givenMap({ a: '1' }), { op: 'test' })).status).toBe(400);
  });

  test('on the status of a Rollout tests its metadata and its list, as a guarded promote does', async () => {
    const startTime = '2026-01-01T00:00:00Z';
    const path = await givenRollout({
      currentPodHash: 'new',
      currentStepIndex: 1,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime }],
    });
    const guard = [
      { op: 'test', path: '/metadata/uid', value: metadataOf((await call('GET', path)).body)['uid'] },
      { op: 'test', path: '/status/currentStepIndex', value: 1 },
      { op: 'test', path: '/status/pauseConditions/0/startTime', value: startTime },
      { op: 'remove', path: '/status/pauseConditions' },
    ];
    expect((await patch('json', `${path}/status`, guard)).status).toBe(200);
    expect((await patch('json', `${path}/status`, guard)).status).toBe(422);
  });

  test('of an object that is not there is 404', async () => {
    expect((await patch('json', configMaps(engine, 'never'), [])).status).toBe(404);
  });
});

describe('a merge patch', () => {
  test('merges maps, replaces lists, and takes away what is null', async () => {
    const path = await givenRollout({});
    const patched = await patch('merge', path, {
      metadata: { labels: { extra: 'yes' } },
      spec: { replicas: null, strategy: { canary: { steps: [{ setWeight: 10 }] } } },
    });
    expect(patched).toMatchObject({
      status: 200,
      body: { metadata: { labels: { extra: 'yes' } }, spec: { strategy: { canary: { steps: [{ setWeight: 10 }] } } } },
    });
    expect(JSON.stringify(patched.body['spec'])).not.toContain('"replicas"');
  });

  test('with an old version is 409 and changes nothing', async () => {
    const path = await givenMap({ a: '1' });
    const { resourceVersion } = metadataOf((await call('GET', path)).body);
    const change = (value: string) => patch('merge', path, { metadata: { resourceVersion }, data: { a: value } });
    expect((await change('2')).status).toBe(200);
    expect(await change('3')).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect((await call('GET', path)).body['data']).toEqual({ a: '2' });
  });

  test('of a spec on /status, or of a status on the object itself, changes nothing there', async () => {
    const path = await givenRollout({ phase: 'Paused' });
    expect(await patch('merge', `${path}/status`, { spec: { replicas: 7 }, status: { phase: 'Healthy' } })).toMatchObject({
      status: 200,
      body: { spec: { replicas: 2 }, status: { phase: 'Healthy' }, metadata: { generation: 1 } },
    });
    expect(await patch('merge', path, { status: { phase: 'Degraded' }, spec: { replicas: 3 } })).toMatchObject({
      body: { spec: { replicas: 3 }, status: { phase: 'Healthy' }, metadata: { generation: 2 } },
    });
  });

  test('that would rename the object or its uid is refused', async () => {
    const path = await givenMap({ a: '1' });
    expect((await patch('merge', path, { metadata: { name: 'another' } })).status).toBe(400);
    expect((await patch('merge', path, { metadata: { uid: 'another' } })).status).toBe(422);
  });

  test('that breaks the schema of a Rollout is 422 with the field', async () => {
    expect(await patch('merge', await givenRollout({}), { spec: { replicas: 'many' } })).toMatchObject({
      status: 422,
      body: { details: { causes: namesField('spec.replicas') } },
    });
  });
});

describe('a strategic merge patch', () => {
  test('of a Deployment merges containers by their name and takes them away by $patch', async () => {
    const labels = { app: 'strategic' };
    const path = `/apis/apps/v1/namespaces/${engine.namespace}/deployments`;
    await call('POST', path, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'strategic' },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              { name: 'one', image: 'registry.invalid/one' },
              { name: 'two', image: 'registry.invalid/two' },
            ],
          },
        },
      },
    });
    const containers = async (change: unknown) => {
      const patched = await patch('strategic-merge', `${path}/strategic`, { spec: { template: { spec: { containers: change } } } });
      expect(patched.status).toBe(200);
      return [...JSON.stringify(patched.body['spec']).matchAll(/"image":"registry\.invalid\/(\w+)"/g)].map((match) => match[1] ?? '');
    };
    expect(await containers([{ name: 'two', image: 'registry.invalid/deux' }])).toEqual(['one', 'deux']);
    expect(await containers([{ name: 'one', $patch: 'delete' }])).toEqual(['deux']);
  });

  test('of a Rollout is 415: its kind is not known to the server', async () => {
    expect(await patch('strategic-merge', await givenRollout({}), { spec: { replicas: 3 } })).toMatchObject({
      status: 415,
      body: { reason: 'UnsupportedMediaType' },
    });
  });
});
