import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { callApi, type ApiCall } from './call-api.ts';
import { aConfigMap, configMaps, metadataOf, namesField, unattendedRollout, rolloutsPath } from './objects.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

const call = (method: ApiCall['method'], path: string, body?: unknown) => callApi(connection(), { method, path, body });
const connection = () => engine.adminConnection;
const maps = (name = '') => configMaps(engine, name);
const rollouts = (name = '') => rolloutsPath(engine, name);

describe('a create', () => {
  test('answers with the object, its uid and its version, and stores it', async () => {
    const made = await call('POST', maps(), aConfigMap('new', { a: '1' }));
    expect(made).toMatchObject({ status: 201, body: { kind: 'ConfigMap', data: { a: '1' } } });
    const { uid, resourceVersion, creationTimestamp } = metadataOf(made.body);
    expect([uid, resourceVersion, creationTimestamp].every((text) => typeof text === 'string' && text !== '')).toBe(true);
    expect(metadataOf((await call('GET', maps('new'))).body)).toMatchObject({ uid, resourceVersion });
  });

  test('of a name that is taken is 409 AlreadyExists and names what is there', async () => {
    await call('POST', maps(), aConfigMap('taken'));
    expect(await call('POST', maps(), aConfigMap('taken'))).toMatchObject({
      status: 409,
      body: {
        kind: 'Status',
        reason: 'AlreadyExists',
        code: 409,
        message: 'configmaps "taken" already exists',
        details: { name: 'taken', kind: 'configmaps' },
      },
    });
  });

  test('in a namespace that is not there is 404 and names the namespace', async () => {
    const path = maps().replace(engine.namespace, 'nowhere-at-all');
    expect(await call('POST', path, aConfigMap('a'))).toMatchObject({
      status: 404,
      body: { reason: 'NotFound', message: 'namespaces "nowhere-at-all" not found' },
    });
  });

  test('with a name that is none is 422 with the field', async () => {
    expect(await call('POST', maps(), aConfigMap('Not_A_Name'))).toMatchObject({
      status: 422,
      body: { reason: 'Invalid', details: { name: 'Not_A_Name', causes: [{ field: 'metadata.name', reason: 'FieldValueInvalid' }] } },
    });
  });

  test('for another namespace than that of the path is 400, and with a version it is an error', async () => {
    const versioned = { ...aConfigMap('versioned'), metadata: { name: 'versioned', resourceVersion: '5' } };
    expect(await call('POST', maps(), versioned)).toMatchObject({
      status: 500,
      body: { message: 'resourceVersion should not be set on objects to be created' },
    });
    const elsewhere = { ...aConfigMap('elsewhere'), metadata: { name: 'elsewhere', namespace: 'other' } };
    expect(await call('POST', maps(), elsewhere)).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
  });

  test('with generateName ends in five characters of the server', async () => {
    const object = { ...aConfigMap(''), metadata: { generateName: 'made-' } };
    const names = [await call('POST', maps(), object), await call('POST', maps(), object)].map(({ body }) => metadataOf(body)['name']);
    expect(names).toEqual([expect.stringMatching(/^made-[a-z0-9]{5}$/), expect.stringMatching(/^made-[a-z0-9]{5}$/)]);
    expect(names[0]).not.toBe(names[1]);
  });

  test('that is a dry run shows the object and stores nothing', async () => {
    expect(await call('POST', `${maps()}?dryRun=All`, aConfigMap('dry'))).toMatchObject({
      status: 201,
      body: { metadata: { name: 'dry' } },
    });
    expect((await call('GET', maps('dry'))).status).toBe(404);
  });

  test('with a field that the kind does not have is 400 when validation is strict, and dropped when it is not', async () => {
    const odd = { ...aConfigMap('odd'), colour: 'red' };
    const refused = await call('POST', `${maps()}?fieldValidation=Strict`, odd);
    expect(refused).toMatchObject({
      status: 400,
      body: { reason: 'BadRequest', message: expect.stringContaining('unknown field "colour"') },
    });
    const taken = await call('POST', maps(), odd);
    expect(taken.status).toBe(201);
    expect(taken.body['colour']).toBeUndefined();
  });

  test('of a ConfigMap with a key that could be no name of a file is 422 with the key', async () => {
    expect(await call('POST', maps(), aConfigMap('keys', { 'a/b': '1' }))).toMatchObject({
      status: 422,
      body: { reason: 'Invalid', details: { causes: namesField('data[a/b]') } },
    });
  });

  test('of a Rollout that breaks its schema is 422 with the path', async () => {
    const rollout = unattendedRollout('broken');
    const broken = { ...rollout, spec: { ...rollout.spec, replicas: 'many' } };
    const refused = await call('POST', rollouts(), broken);
    expect(refused).toMatchObject({ status: 422, body: { reason: 'Invalid', details: { causes: namesField('spec.replicas') } } });
  });
});

describe('an update', () => {
  test('from an old version is 409 Conflict and changes nothing', async () => {
    const { body } = await call('POST', maps(), aConfigMap('raced', { a: '1' }));
    expect((await call('PUT', maps('raced'), { ...body, data: { a: '2' } })).status).toBe(200);
    expect(await call('PUT', maps('raced'), { ...body, data: { a: '3' } })).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: expect.stringContaining('Operation cannot be fulfilled on configmaps "raced": the object has been modified'),
      },
    });
    expect((await call('GET', maps('raced'))).body).toMatchObject({ data: { a: '2' } });
  });

  test('without a version is taken for a ConfigMap, and refused for a Rollout', async () => {
    await call('POST', maps(), aConfigMap('blind', { a: '1' }));
    expect(await call('PUT', maps('blind'), aConfigMap('blind', { a: '2' }))).toMatchObject({ status: 200, body: { data: { a: '2' } } });
    await call('POST', rollouts(), unattendedRollout('blind'));
    expect(await call('PUT', rollouts('blind'), unattendedRollout('blind'))).toMatchObject({
      status: 422,
      body: { reason: 'Invalid', message: expect.stringContaining('must be specified for an update') },
    });
  });

  test('that changes nothing keeps the version', async () => {
    const { body } = await call('POST', maps(), aConfigMap('same', { a: '1' }));
    expect(metadataOf((await call('PUT', maps('same'), body)).body)['resourceVersion']).toBe(metadataOf(body)['resourceVersion']);
  });

  test('of the spec of a Rollout moves its generation, one of its labels does not', async () => {
    const { body } = await call('POST', rollouts(), unattendedRollout('moved'));
    expect(metadataOf(body)['generation']).toBe(1);
    const patch = (change: unknown) =>
      callApi(connection(), { method: 'PATCH', path: rollouts('moved'), body: change, type: 'application/merge-patch+json' });
    expect(metadataOf((await patch({ metadata: { labels: { a: 'b' } } })).body)['generation']).toBe(1);
    expect(metadataOf((await patch({ spec: { replicas: 3 } })).body)['generation']).toBe(2);
  });
});

describe('a delete', () => {
  test('ends the object, and a second one is 404', async () => {
    await call('POST', maps(), aConfigMap('leaving'));
    expect(await call('DELETE', maps('leaving'))).toMatchObject({ status: 200, body: { kind: 'Status', status: 'Success' } });
    expect(await call('DELETE', maps('leaving'))).toMatchObject({
      status: 404,
      body: { reason: 'NotFound', message: 'configmaps "leaving" not found' },
    });
  });

  test('that names another uid is 409 and deletes nothing', async () => {
    await call('POST', maps(), aConfigMap('kept'));
    const refused = await call('DELETE', maps('kept'), { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'another' } });
    expect(refused).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect((await call('GET', maps('kept'))).status).toBe(200);
  });

  test('of an object with a finalizer marks it, and it goes when the last finalizer is taken off', async () => {
    await call('POST', maps(), { ...aConfigMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    expect((await call('DELETE', maps('held'))).status).toBe(200);
    const held = await call('GET', maps('held'));
    expect(metadataOf(held.body)['deletionTimestamp']).toEqual(expect.any(String));
    await callApi(connection(), {
      method: 'PATCH',
      path: maps('held'),
      body: { metadata: { finalizers: null } },
      type: 'application/merge-patch+json',
    });
    expect((await call('GET', maps('held'))).status).toBe(404);
  });

  test('takes what the object owns with it, and leaves it where it is asked to', async () => {
    for (const [owner, propagation, stays] of [
      ['owner-one', 'Background', false],
      ['owner-two', 'Orphan', true],
    ] as const) {
      const { body } = await call('POST', maps(), aConfigMap(owner));
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: metadataOf(body)['uid'] }];
      const owned = `owned-by-${owner}`;
      await call('POST', maps(), { ...aConfigMap(owned), metadata: { name: owned, ownerReferences } });
      await call('DELETE', maps(owner), { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: propagation });
      await expect.poll(async () => (await call('GET', maps(owner))).status).toBe(404);
      if (stays) expect(metadataOf((await call('GET', maps(owned))).body)['ownerReferences']).toBeUndefined();
      else await expect.poll(async () => (await call('GET', maps(owned))).status).toBe(404);
    }
  });
});

test('a kind or a path that is not there is 404', async () => {
  expect((await call('GET', '/apis/argoproj.io/v1alpha1/unicorns')).status).toBe(404);
  expect((await call('GET', '/apis/nowhere.example.com/v1/things')).status).toBe(404);
  expect((await call('GET', `/apis/argoproj.io/v1alpha1/namespaces/${engine.namespace}/workflows/a/status`)).status).toBe(404);
});
