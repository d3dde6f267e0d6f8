import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keptPorts, portalPort } from './ports.ts';

/** Takes a port of loopback until the test ends. */
async function taken(port = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  // A server that listens on a port has an address with one.
  return (server.address() as AddressInfo).port;
}

test('without a wish, the portal gets a free port', async () => {
  const first = await portalPort(undefined);
  await taken(first);
  const second = await portalPort(undefined);
  expect(second).toBeGreaterThan(first);
  expect(await taken(second)).toBe(second);
});

test('a wanted port that is taken is refused with what to do', async () => {
  const port = await taken();
  await expect(portalPort(port)).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken. Give another one with --port`);
});

test('a wanted port that browsers do not open is refused, before anything waits for an answer there', async () => {
  await expect(portalPort(4190)).rejects.toThrow('Browsers open nothing on port 4190');
});

test('the clusters keep their ports between starts, as long as those are free', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flow-ports-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'ports.json');
  const first = await keptPorts(path, ['eu', 'us']);
  expect(await keptPorts(path, ['eu', 'us'])).toEqual(first);
  await taken(first.eu);
  const second = await keptPorts(path, ['eu', 'us']);
  expect(second.us).toBe(first.us);
  expect(second.eu).not.toBe(first.eu);
});
