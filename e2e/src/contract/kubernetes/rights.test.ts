import { connectCluster, kinds, type ClusterClient } from '@flow/delivery/cluster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Account, type Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import { callApi, type ApiCall } from './call-api.ts';
import { aConfigMap, configMaps, rolloutsPath, unattendedRollout } from './objects.ts';

let engine: Engine;
let account: Account;
let client: ClusterClient;
beforeAll(async () => {
  engine = await openEngine();
  for (const name of ['mine', 'yours'])
    await callApi(engine.adminConnection, { method: 'POST', path: configMaps(engine), body: aConfigMap(name) });
  await callApi(engine.adminConnection, { method: 'POST', path: rolloutsPath(engine), body: unattendedRollout('canary') });
  account = await engine.account([
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['get', 'patch'] },
    { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['argoproj.io'], resources: ['rollouts/status'], verbs: ['patch'] },
  ]);
  client = connectCluster(account.connection);
  // A server needs a moment until it knows what a new account may do.
  const knowsRights = () => client.accessReview({ verb: 'list', kind: kinds.rollouts, namespace: engine.namespace }).catch(() => false);
  await eventually('the rights are known', knowsRights);
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const call = (method: ApiCall['method'], path: string, body?: unknown) =>
  callApi(account.connection, { method, path, body, type: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' });

describe('an account', () => {
  test('does what it may', async () => {
    expect((await call('GET', rolloutsPath(engine))).status).toBe(200);
    expect((await call('PATCH', `${rolloutsPath(engine, 'canary')}/status`, { status: { phase: 'Paused' } })).status).toBe(200);
    expect((await call('GET', configMaps(engine, 'mine'))).status).toBe(200);
  });

  test.each<[string, ApiCall['method'], () => string]>([
    ['another verb', 'DELETE', () => rolloutsPath(engine, 'canary')],
    ['the object where only its status is granted', 'PATCH', () => rolloutsPath(engine, 'canary')],
    ['an object of another name', 'GET', () => configMaps(engine, 'yours')],
    ['all objects where one is granted', 'GET', () => configMaps(engine)],
    ['another kind', 'GET', () => `/api/v1/namespaces/${engine.namespace}/secrets`],
    ['another namespace', 'GET', () => '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts'],
    ['all namespaces', 'GET', () => '/apis/argoproj.io/v1alpha1/rollouts'],
    ['a watch of what may not be listed', 'GET', () => `${configMaps(engine)}?watch=1`],
  ])('is refused %s with 403', async (_what, method, path) => {
    expect(await call(method, path(), {})).toMatchObject({ status: 403, body: { kind: 'Status', reason: 'Forbidden', code: 403 } });
  });

  test('is told who may not do what where', async () => {
    expect(await call('GET', `/api/v1/namespaces/${engine.namespace}/secrets/s`)).toMatchObject({
      body: {
        message: `secrets "s" is forbidden: User "${account.user}" cannot get resource "secrets" in API group "" in the namespace "${engine.namespace}"`,
        details: { name: 's', kind: 'secrets' },
      },
    });
    expect(await call('GET', '/apis/argoproj.io/v1alpha1/rollouts')).toMatchObject({
      body: {
        message: `rollouts.argoproj.io is forbidden: User "${account.user}" cannot list resource "rollouts" in API group "argoproj.io" at the cluster scope`,
      },
    });
  });

  test('may ask for its own name and rights', async () => {
    const { namespace } = engine;
    expect(await client.account()).toBe(account.user);
    const ask = (verb: string, name?: string) => client.accessReview({ verb, kind: kinds.configMaps, name, namespace });
    expect([await ask('get', 'mine'), await ask('get', 'yours'), await ask('list')]).toEqual([true, false, false]);
    expect(await client.accessReview({ verb: 'patch', kind: kinds.rollouts, subresource: 'status', namespace })).toBe(true);
    expect(await client.accessReview({ verb: 'patch', kind: kinds.rollouts, namespace })).toBe(false);
  });

  test('that is refused is told by Flow’s client what to grant', async () => {
    await expect(client.get({ kind: kinds.secrets, namespace: engine.namespace, name: 's' })).rejects.toThrow(
      /does not allow Flow to get secrets s in .*: grant this/,
    );
  });
});

describe('a token', () => {
  test('that nobody gave is 401', async () => {
    const connection = { ...account.connection, credential: { kind: 'token', token: 'nobody-gave-this' } } as const;
    expect(await callApi(connection, { method: 'GET', path: rolloutsPath(engine) })).toMatchObject({
      status: 401,
      body: { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' },
    });
  });

  test('is good until its time is over, then 401, and Flow’s client says that it is the credential', async () => {
    const lived = account.shortLived(8_000);
    const ask = () => callApi(lived, { method: 'GET', path: rolloutsPath(engine) });
    expect((await ask()).status).toBe(200);
    await eventually('the token is refused', async () => (await ask()).status === 401);
    await using late = connectCluster(lived);
    await expect(late.get({ kind: kinds.rollouts, namespace: engine.namespace, name: 'canary' })).rejects.toThrow(
      /no longer takes Flow's credential/,
    );
  });
});
