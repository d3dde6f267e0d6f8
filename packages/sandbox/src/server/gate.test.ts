import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenGrant } from './gate/identity.ts';
import { startTestCluster, type TestCluster } from './testing/test-cluster.ts';

let cluster: TestCluster;
const readerToken = 'reader-token-for-the-test';

beforeAll(async () => {
  const rules = [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['pods', 'pods/log'], namespaces: ['default'] }];
  cluster = await startTestCluster({ grants: [{ name: 'reader', token: readerToken, rules }] });
});

afterAll(async () => {
  await cluster.stop();
});

describe('the door', () => {
  test.each(['', 'Bearer', 'Bearer wrong', 'Basic abc'])('a request with the authorization "%s" is 401', async (authorization) => {
    const reply = await cluster.call('GET', '/api/v1/pods', { headers: { Authorization: authorization } });
    expect([reply.status, reply.body['reason']]).toEqual([401, 'Unauthorized']);
  });

  test.each(['evil.example', '127.0.0.1.evil.example:443', 'localhost.', '[::1]'])(
    'a request for the host %s is refused, token or not',
    async (host) => {
      expect((await cluster.call('GET', '/api/v1/pods', { headers: { Host: host } })).status).toBe(421);
    },
  );

  test('nothing but the loopback address is listened on', async () => {
    const port = Number(new URL(cluster.sandbox.url).port);
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((one) => !one.internal && one.family === 'IPv4');
    const reached = await Promise.all(
      others.map(
        async ({ address }) =>
          new Promise((resolve) => {
            const socket = connect({ host: address, port, timeout: 1000 });
            socket
              .once('connect', () => resolve(true))
              .once('error', () => resolve(false))
              .once('timeout', () => resolve(false));
            socket.once('close', () => socket.destroy());
          }),
      ),
    );
    expect(reached).toEqual(others.map(() => false));
  });

  test('a limited token does what its rules say and nothing else', async () => {
    const headers = { Authorization: `Bearer ${readerToken}` };
    expect((await cluster.call('GET', '/api/v1/namespaces/default/pods', { headers })).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/api/v1/pods'],
      ['GET', '/api/v1/namespaces/default/secrets'],
      ['DELETE', '/api/v1/namespaces/default/pods/x'],
      ['GET', '/api/v1/namespaces/default/pods?watch=1'],
      ['POST', '/sandbox/faults'],
    ] as const) {
      expect([path, (await cluster.call(method, path, { headers })).status]).toEqual([path, 403]);
    }
    const review = {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { verb: 'create', resource: 'pods', group: '' } },
    };
    const answer = await cluster.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { headers, body: review });
    expect(answer.body['status']).toMatchObject({ allowed: false });
  });

  test('a token for objects of some names reaches no others, and one whose time is over is not known', async () => {
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], names: ['mine'] }];
    const grants: TokenGrant[] = [{ name: 'named', token: 'named-token-named-token-named-token', rules }];
    const limited = await startTestCluster({ grants });
    const headers = { Authorization: `Bearer ${grants[0]?.token ?? ''}` };
    const ask = async (path: string): Promise<number> => (await limited.call('GET', path, { headers })).status;
    expect(await ask('/api/v1/namespaces/default/configmaps/mine')).toBe(404);
    expect(await ask('/api/v1/namespaces/default/configmaps/yours')).toBe(403);
    expect(await ask('/api/v1/namespaces/default/configmaps')).toBe(403);
    const refused = await limited.call('GET', '/api/v1/namespaces/default/configmaps/yours', { headers });
    expect(refused.body['details']).toMatchObject({ name: 'yours', kind: 'configmaps' });
    grants.push({ name: 'old', token: 'old-token-old-token-old-token-old-token', rules, expiresAt: new Date(Date.now() - 1) });
    headers.Authorization = `Bearer ${grants[1]?.token ?? ''}`;
    expect(await ask('/api/v1/namespaces/default/configmaps/mine')).toBe(401);
    await limited.stop();
  });

  test('the traffic of a Service is told, and a question that is wrong or about nothing is refused', async () => {
    const body = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
    };
    await cluster.call('POST', '/api/v1/namespaces/default/services', { body });
    const status = async (query: string) => (await cluster.call('GET', `/sandbox/traffic?${query}`)).status;
    expect(await status('namespace=default&service=shop&window=10s')).toBe(200);
    expect(await status('namespace=default&service=none')).toBe(404);
    expect(await status('namespace=default&service=shop&window=soon')).toBe(400);
  });

  test.each(['{', '[]', 'null', '"text"', '{"apiVersion":"v1","kind":"Pod","metadata":5}', '\u0000\u0001'])(
    'the body %j is refused as bad input',
    async (body) => {
      const reply = await cluster.call('POST', '/api/v1/namespaces/default/pods', { body: Buffer.from(body) });
      expect([400, 422]).toContain(reply.status);
    },
  );

  test('a body beyond the limit is 413', async () => {
    const reply = await cluster.call('POST', '/api/v1/namespaces/default/pods', { body: Buffer.alloc(4 * 1024 * 1024, 32) });
    expect(reply.status).toBe(413);
  });

  test.each([
    '/',
    '/api/v2/pods',
    '/apis/none/v1/pods',
    '/api/v1/nothing',
    '/%zz',
    '/sandbox/other',
    '/apis/argoproj.io/v1alpha1/workflows/a/b/c',
  ])('the path %s is 404', async (path) => {
    expect((await cluster.call('GET', path)).status).toBe(404);
  });
});

describe('faults', () => {
  const fault = async (body: unknown) => cluster.call('POST', '/sandbox/faults', { body });

  test('a status happens to as many matching requests as asked', async () => {
    await fault({ kind: 'status', status: 429, count: 2, retryAfterSeconds: 3, match: { method: 'GET', path: 'configmaps' } });
    const statuses = [];
    for (const path of ['/api/v1/configmaps', '/api/v1/pods', '/api/v1/configmaps', '/api/v1/configmaps'])
      statuses.push((await cluster.call('GET', path)).status);
    expect(statuses).toEqual([429, 200, 429, 200]);
  });

  test('a lost answer has been done all the same', async () => {
    await fault({ kind: 'lose-answer', count: 1, match: { method: 'POST', path: 'configmaps' } });
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost' } };
    await expect(cluster.call('POST', '/api/v1/namespaces/default/configmaps', { body })).rejects.toThrow('socket hang up');
    expect((await cluster.call('GET', '/api/v1/namespaces/default/configmaps/lost')).status).toBe(200);
  });

  test('a reset request has done nothing', async () => {
    await fault({ kind: 'reset', count: 1, match: { method: 'POST', path: 'configmaps' } });
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'reset' } };
    await expect(cluster.call('POST', '/api/v1/namespaces/default/configmaps', { body })).rejects.toThrow('socket hang up');
    expect((await cluster.call('GET', '/api/v1/namespaces/default/configmaps/reset')).status).toBe(404);
  });

  test('can be cleared, and one that is not known is refused', async () => {
    await fault({ kind: 'status', status: 500 });
    await cluster.call('DELETE', '/sandbox/faults');
    expect((await cluster.call('GET', '/api/v1/pods')).status).toBe(200);
    expect((await fault({ kind: 'earthquake' })).status).toBe(400);
  });
});
