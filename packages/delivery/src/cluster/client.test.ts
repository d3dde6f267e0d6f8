import { createServer, type Server } from 'node:https';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { FlowError } from '@flow/core/fault';
import { afterEach, describe, expect, test } from 'vitest';
import { testCertificate, testKey } from '../kubeconfig/testing/certificate.ts';
import { connectCluster, type ClusterClient } from './client.ts';
import { kinds } from './kinds.ts';

const secret = 'answer-of-the-cluster';
const rollout = { kind: kinds.rollouts, namespace: 'shop', name: 'checkout' };
const open: { server: Server | null; client: ClusterClient | null } = { server: null, client: null };

afterEach(async () => {
  await open.client?.[Symbol.asyncDispose]();
  open.server?.closeAllConnections();
  open.server?.close();
});

async function connect(
  listener: RequestListener,
  more: { caPem?: string | null; timeouts?: { answerMs: number } } = {},
): Promise<ClusterClient> {
  const server = createServer({ cert: testCertificate, key: testKey }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  open.server = server;
  open.client = connectCluster(
    {
      server: `https://127.0.0.1:${port}`,
      caPem: more.caPem === undefined ? testCertificate : more.caPem,
      credential: { kind: 'token', token: 'abc' },
    },
    more.timeouts === undefined ? {} : { timeouts: more.timeouts },
  );
  return open.client;
}

const status =
  (code: number, body: unknown = { kind: 'Status', reason: 'Nope', message: secret }): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

async function faultOf(promise: Promise<unknown>): Promise<FlowError> {
  const result = await promise.then(() => null).catch((error: unknown) => error);
  if (!(result instanceof FlowError)) throw new Error('no FlowError');
  return result;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

describe('a client of a cluster', () => {
  test.each([404, 409, 410, 422])('hands %i on as an answer that its caller decides on, without the words of the cluster', async (code) => {
    const client = await connect(status(code, { reason: 'Some', message: secret, details: { causes: [{ field: 'spec.x' }] } }));
    const answer = await client.get(rollout);
    expect(answer).toMatchObject({ ok: false, status: code, reason: 'Some', fields: ['spec.x'], detail: secret });
    expect(!answer.ok && answer.message).not.toContain(secret);
  });

  test.each([
    [401, /no longer takes Flow's credential: register the cluster again/],
    [403, /does not allow Flow to get rollouts checkout in shop: grant this/],
    [429, /too many requests/],
    [500, /failed to get rollouts checkout in shop \(HTTP 500\)/],
    [400, /refused to get/],
  ])('says what to do about %i, without the words of the cluster', async (code, message) => {
    const client = await connect(status(code));
    const fault = await faultOf(client.get(rollout));
    expect(fault).toMatchObject({ code: 'upstream', owner: 'cluster' });
    expect(fault.message).toMatch(message);
    expect(fault.message).not.toContain(secret);
    expect(fault.detail).toContain(secret);
  });

  test('does not trust a certificate of another authority', async () => {
    const fault = await faultOf((await connect(status(200, {}), { caPem: null })).get(rollout));
    expect(fault.message).toMatch(/cannot be trusted: its certificate is not from the authority/);
  });

  test('gives up on a cluster that does not answer in time', async () => {
    const fault = await faultOf((await connect(() => undefined, { timeouts: { answerMs: 300 } })).get(rollout));
    expect(fault.message).toMatch(/did not answer in time/);
  });

  test('says that nothing listens', async () => {
    const socket = createSocket();
    await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
    const address = socket.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => socket.close(resolve));
    await using client = connectCluster({ server: `http://127.0.0.1:${port}`, caPem: null, credential: { kind: 'token', token: 'abc' } });
    expect((await faultOf(client.get(rollout))).message).toMatch(/cannot be reached/);
  });

  test('says that something else than a cluster answered', async () => {
    expect((await faultOf((await connect(status(200, '<html>'))).get(rollout))).message).toMatch(/not JSON: check that the address/);
    expect((await faultOf((await connect(status(200, { items: [] }))).get(rollout))).message).toMatch(/not a Kubernetes object/);
  });

  test('sends each kind of patch as what it is, with its credential, over connections that are kept', async () => {
    const seen: string[] = [];
    const sockets = new Set<unknown>();
    const client = await connect((request, response) => {
      sockets.add(request.socket);
      void bodyOf(request).then((body) => {
        seen.push(`${request.headers.authorization} ${request.headers['content-type']} ${request.url} ${body}`);
        response.end(JSON.stringify({ metadata: { name: 'checkout' } }));
      });
    });
    await client.patch({ ...rollout, subresource: 'status' }, { type: 'json', operations: [{ op: 'test', path: '/a', value: 1 }] });
    await client.patch(rollout, { type: 'merge', body: { a: 1 } });
    await client.patch(rollout, { type: 'apply', body: { a: 1 }, fieldManager: 'flow', force: true });
    const path = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout';
    expect(seen).toEqual([
      `Bearer abc application/json-patch+json ${path}/status?fieldManager=flow [{"op":"test","path":"/a","value":1}]`,
      `Bearer abc application/merge-patch+json ${path}?fieldManager=flow {"a":1}`,
      `Bearer abc application/apply-patch+yaml ${path}?fieldManager=flow&force=true {"a":1}`,
    ]);
    for (let call = 0; call < 20; call += 1) await client.patch(rollout, { type: 'merge', body: {} });
    expect(sockets.size).toBeLessThan(3);
  });

  test('reads a list page by page', async () => {
    const client = await connect((request, response) => {
      const next = new URL(request.url ?? '', 'https://x').searchParams.get('continue');
      const metadata = { resourceVersion: '7', ...(next === null ? { continue: 'more' } : {}) };
      response.end(JSON.stringify({ metadata, items: [{ page: next === null ? 1 : 2 }] }));
    });
    const pages: unknown[] = [];
    for await (const page of client.list({ kind: kinds.rollouts })) pages.push(...page.items);
    expect(pages).toEqual([{ page: 1 }, { page: 2 }]);
  });

  test('reads a log as it comes, characters whole, and ends when it is told to', async () => {
    const client = await connect((_request, response) => {
      const bytes = Buffer.from('zürich\n');
      response.write(bytes.subarray(0, 2));
      setImmediate(() => response.write(bytes.subarray(2)));
    });
    const stop = new AbortController();
    let text = '';
    for await (const part of client.readLog({ namespace: 'shop', pod: 'p', container: 'main', follow: true, signal: stop.signal })) {
      text += part;
      if (text.endsWith('\n')) stop.abort();
    }
    expect(text).toBe('zürich\n');
  });

  test('never leaves the path of the object that was named', async () => {
    let url = '';
    const client = await connect((request, response) => {
      url = request.url ?? '';
      response.end('{"metadata":{"name":"x"}}');
    });
    await client.get({ kind: kinds.pods, namespace: '..', name: '../../secrets/a?b#c' });
    expect(url).toBe('/api/v1/namespaces/%00/pods/..%2F..%2Fsecrets%2Fa%3Fb%23c');
  });
});
