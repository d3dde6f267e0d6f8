import { once } from 'node:events';
import { createServer } from 'node:https';
import { testCertificate, testKey } from '@flow/delivery/kubeconfig/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { healthRecorder, probeClusters } from './cluster-health.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const credentialsSeen = () => world.cluster.requests.map((request) => request.authorization);
const stored = () => world.db.prisma.cluster.findUniqueOrThrow({ where: { id: world.tenant.clusterId } });

describe('the connection to a cluster', () => {
  test('is kept as long as its credential is the same', async () => {
    const before = await world.clusters.open(world.tenant.clusterId);
    await world.clusters.refresh(world.tenant.clusterId);
    expect(await world.clusters.open(world.tenant.clusterId)).toBe(before);
    expect(before.closed.aborted).toBe(false);
  });

  test('is opened anew when the cluster was registered again, and who follows the old one is told', async () => {
    const { clusterId } = world.tenant;
    const old = await world.clusters.open(clusterId);
    await old.client.read('/version');
    await world.connect({ token: 'second' });
    await world.clusters.refresh(clusterId);
    expect(old.closed.aborted).toBe(true);
    const { client } = await world.clusters.open(clusterId);
    await client.read('/version');
    expect(credentialsSeen().slice(-2)).toEqual(['Bearer first', 'Bearer second']);
  });

  test('is used with the new credential by the test that follows a registration', async () => {
    await world.clusters.open(world.tenant.clusterId);
    await world.connect({ token: 'third' });
    await probe();
    expect(credentialsSeen().at(-1)).toBe('Bearer third');
  });
});

const probe = async () => {
  const job = { kind: 'clusterHealth' as const, key: world.tenant.clusterId, tenantId: null, generation: 1, attempts: 0 };
  return probeClusters(world)(job, new AbortController().signal);
};

describe('a cluster that is tested', () => {
  test.each([
    [{ status: 401 }, 'credential'],
    [{ status: 403 }, 'allow'],
    [{ status: 500 }, '500'],
    ['silent' as const, 'did not answer in time'],
  ])(
    'and answers %j is shown as unreachable with the reason, keeps what was known of it, and is tested again soon',
    async (how, reason) => {
      const before = await stored();
      world.cluster.misbehaviour = how;
      const result = await probe();
      world.cluster.misbehaviour = null;
      const { health, healthReason, capabilities, checkedAt } = await stored();
      expect({ health, capabilities, checkedAt }).toEqual({
        health: 'unreachable',
        capabilities: before.capabilities,
        checkedAt: world.now(),
      });
      expect(healthReason).toContain(reason);
      expect(healthReason).not.toContain('words of the cluster');
      expect(result).toEqual({ kind: 'waiting', until: new Date(world.now().getTime() + 30_000) });
    },
  );

  test('and does not listen is shown as unreachable', async () => {
    await world.connect({ server: 'http://127.0.0.1:1' });
    await probe();
    expect(await stored()).toMatchObject({ health: 'unreachable', healthReason: expect.stringContaining('http://127.0.0.1:1') });
    await world.connect({});
  });

  test('and shows a certificate of another authority than the registered one is not trusted, and says what to check', async () => {
    const server = createServer({ cert: testCertificate, key: testKey }, (_request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await world.connect({ server: `https://127.0.0.1:${port}` });
    await probe();
    const { health, healthReason } = await stored();
    expect(health).toBe('unreachable');
    expect(healthReason).toContain('cannot be trusted');
    expect(healthReason).toContain('certificate-authority-data');
    await world.connect({});
    await world.clusters.refresh(world.tenant.clusterId);
    server.close();
  });

  test('and is reached again is healthy again when the watch says so', async () => {
    const seen = new Promise<void>((resolve) => {
      const announcer = { ...world.announcer, announce: () => resolve() };
      healthRecorder({ ...world, announcer })(world.tenant.clusterId, { state: 'live' });
    });
    await seen;
    expect(await stored()).toMatchObject({ health: 'healthy', healthReason: null });
  });
});
