import { expect, test } from 'vitest';
import { createWebMetrics } from '../metrics/index.ts';
import { openTelemetryDoor } from './open-door.ts';

const onLoopback = { host: '127.0.0.1', port: 0 };

test('the measures are read as Prometheus reads them, and whether the process is ready as a probe does', async () => {
  let isReady = true;
  const { registry } = createWebMetrics();
  await using door = await openTelemetryDoor(onLoopback, { registry, isReady: () => Promise.resolve(isReady) });
  const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${door.port}${path}`, { method });
  const metrics = await ask('/metrics');
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await metrics.text()).toContain('# TYPE flow_procedure_duration_seconds histogram');
  expect((await ask('/healthz')).status).toBe(200);
  expect((await ask('/readyz')).status).toBe(200);
  isReady = false;
  expect((await ask('/readyz')).status).toBe(503);
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/metrics', 'POST')).status).toBe(405);
});

test('measures that cannot be read are said to be, and the door stays open', async () => {
  const registry = { contentType: 'text/plain', metrics: () => Promise.reject(new Error('inside')) };
  await using door = await openTelemetryDoor(onLoopback, { registry, isReady: () => Promise.resolve(true) });
  const answer = await fetch(`http://127.0.0.1:${door.port}/metrics`);
  expect([answer.status, await answer.text()]).toEqual([500, 'The measures cannot be read now\n']);
  expect((await fetch(`http://127.0.0.1:${door.port}/healthz`)).status).toBe(200);
});

test('without a place nothing is opened', async () => {
  await using door = await openTelemetryDoor(null, { registry: createWebMetrics().registry, isReady: () => Promise.resolve(true) });
  expect(door.port).toBeNull();
});

test('a port that is taken is an error at the start, not later', async () => {
  const content = { registry: createWebMetrics().registry, isReady: () => Promise.resolve(true) };
  await using door = await openTelemetryDoor(onLoopback, content);
  await expect(openTelemetryDoor({ ...onLoopback, port: Number(door.port) }, content)).rejects.toThrow('EADDRINUSE');
});
