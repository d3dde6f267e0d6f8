import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClock, createStore, type Controller, type KubeObject, type SandboxContext, type WatchableStore } from '../../store/index.ts';
import { trafficReport } from './traffic-report.ts';
import { createServiceController } from './service-controller.ts';

const NAMESPACE = 'shop';
let store: WatchableStore;
let ctx: SandboxContext;
let controller: Controller;
let servers: Server[];

beforeEach(() => {
  const clock = createClock();
  store = createStore({ clock });
  ctx = { store, clock, stateDir: '/nowhere', imageDir: '/nowhere', log: () => undefined };
  controller = createServiceController(ctx);
  controller.start();
  servers = [];
});

afterEach(async () => {
  await controller.stop();
  for (const server of servers) server.close();
});

/** A pod that answers with its own name and the given status. */
async function aProcess(name: string, parts: { status?: number; hash?: string } = {}): Promise<void> {
  const server = createServer((_, outgoing) => outgoing.writeHead(parts.status ?? 200).end(name));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server listens on TCP, so its address is one of that kind.
  const { port } = server.address() as AddressInfo;
  store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { app: 'api', 'rollouts-pod-template-hash': parts.hash ?? 'v1' },
      annotations: { 'sandbox.flow.dev/port': String(port) },
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
  });
}

function aService(annotations: Record<string, string> = {}): KubeObject {
  return store.create('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'api', namespace: NAMESPACE, annotations },
    spec: { selector: { app: 'api' } },
  });
}

function annotatedPort(): string | undefined {
  return store.get('services', { namespace: NAMESPACE, name: 'api' })?.metadata.annotations?.['sandbox.flow.dev/port'];
}

async function listening(): Promise<string> {
  await expect.poll(annotatedPort).toBeDefined();
  return annotatedPort() ?? '';
}

function ask(port: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(`http://127.0.0.1:${port}/`, { agent: false }, (answer) => {
      let body = '';
      answer.on('data', (part: Buffer) => (body += part.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

const report = (hash?: string) => trafficReport(ctx, { namespace: NAMESPACE, service: 'api', ...(hash === undefined ? {} : { hash }) });

test('requests go to the ready pods in turn, and are measured by pod hash', async () => {
  await aProcess('a');
  await aProcess('b');
  await aProcess('c', { hash: 'v2', status: 500 });
  aService();
  const port = await listening();
  await expect
    .poll(async () => new Set(await Promise.all([ask(port), ask(port), ask(port)].map(async (one) => (await one).body))).size)
    .toBe(3);
  const before = report('v1')?.requests ?? 0;
  const answers = [];
  for (let index = 0; index < 6; index += 1) answers.push(await ask(port));
  expect(answers.map(({ body }) => body).toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  expect(report('v1')).toMatchObject({ requests: before + 4, errors: 0, successRate: 1, source: 'measured' });
  expect(report('v2')).toMatchObject({ errorRate: 1 });
  expect(report()).toMatchObject({ hashes: { v1: { requests: before + 4, errors: 0 }, v2: { successRate: 0 } } });
  expect(report('v1')?.p95Ms).toBeGreaterThan(0);
});

test('a Service whose pods are all gone answers 503', async () => {
  await aProcess('a');
  aService();
  const port = await listening();
  store.delete('pods', { namespace: NAMESPACE, name: 'a' });
  await expect.poll(async () => (await ask(port)).status).toBe(503);
});

test('a pod that cannot be reached counts as an error of its hash', async () => {
  await aProcess('a');
  aService();
  const port = await listening();
  await expect.poll(async () => (await ask(port)).status).toBe(200);
  for (const server of servers) server.close();
  expect((await ask(port)).status).toBe(502);
  await expect.poll(() => report('v1')?.errors).toBe(1);
});

test('the address stays the same when the cluster starts again', async () => {
  await aProcess('a');
  aService();
  const port = await listening();
  await controller.stop();
  controller = createServiceController(ctx);
  controller.start();
  await expect.poll(async () => await ask(port).catch(() => undefined)).toMatchObject({ status: 200 });
  expect(annotatedPort()).toBe(port);
});

test('visitors come at their rate while there are processes, and their outcome is measured', async () => {
  aService({ 'sandbox.flow.dev/visitors': '100', 'sandbox.flow.dev/visitors-path': '/hello' });
  await aProcess('a', { status: 503 });
  await expect.poll(() => report('v1')?.requests ?? 0).toBeGreaterThan(5);
  expect(report('v1')?.errorRate).toBe(1);
});

test('a Service that is deleted no longer listens', async () => {
  await aProcess('a');
  aService();
  const port = await listening();
  store.delete('services', { namespace: NAMESPACE, name: 'api' });
  await expect
    .poll(
      async () =>
        await ask(port).then(
          () => 'answered',
          () => 'refused',
        ),
    )
    .toBe('refused');
});

test('a pod that is Ready only in the records gets no requests until something listens on its port', async () => {
  await aProcess('a');
  await aProcess('b');
  servers[1]?.close();
  aService();
  const port = await listening();
  await expect.poll(async () => (await ask(port)).status).toBe(200);
  for (let index = 0; index < 10; index += 1) await ask(port);
  expect(report()?.errors).toBe(0);
});
