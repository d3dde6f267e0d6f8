import { once } from 'node:events';
import { createServer } from 'node:https';
import { testCertificate, testKey } from '@flow/delivery/kubeconfig/testing';
import { findCluster, saveClusterHealth, saveClusterPurposes } from '@flow/db/cluster';
import type { ReflectorHealth } from '@flow/delivery/reflector';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { contactRecorder, probeClusters } from './cluster-health.ts';

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

  test('is tested for what it is for: a cluster that only takes releases lacks nothing without Workflows', async () => {
    const { clusterId } = world.tenant;
    const missing = async () => {
      await probe();
      const { checks = [] } = (await findCluster(world.db.prisma, clusterId))?.capabilities ?? {};
      return checks.filter((check) => check.state === 'missing').map((check) => check.subject);
    };
    expect(await missing()).toContain('Argo Workflows');
    await saveClusterPurposes(world.db.prisma, clusterId, ['releases']);
    expect(await missing()).not.toContain('Argo Workflows');
    expect(await stored()).toMatchObject({ health: 'degraded', healthReason: expect.stringContaining('Argo Rollouts') });
    await saveClusterPurposes(world.db.prisma, clusterId, ['pipelines', 'releases']);
  });
});

describe('a cluster that is watched', () => {
  /** What the watches of one connection say, one after the other, and what is shown of the cluster then. */
  const afterNews = async (...news: [string, ReflectorHealth][]) => {
    let recorded = Promise.withResolvers<void>();
    const announcer = { ...world.announcer, announce: () => recorded.resolve() };
    const tell = contactRecorder({ ...world, announcer })(world.tenant.clusterId);
    for (const [resource, health] of news) {
      recorded = Promise.withResolvers();
      tell(resource, health);
      await recorded.promise;
    }
    const { health, healthReason } = await stored();
    return { health, healthReason };
  };
  const lost = (message: string): ReflectorHealth => ({ state: 'behind', since: world.now(), message });
  const refused = (message: string): ReflectorHealth => ({ state: 'refused', since: world.now(), message });
  const check = (state: 'met' | 'missing') => ({ subject: 'Argo Rollouts', state, found: 'as it is', command: null });
  const known = (checks: ReturnType<typeof check>[]) =>
    saveClusterHealth(world.db.prisma, world.tenant.clusterId, {
      health: 'unreachable',
      healthReason: 'It did not answer',
      capabilities: { checks },
      checkedAt: world.now(),
    });

  test('and is reached again is what its last test found', async () => {
    await known([check('met')]);
    expect(await afterNews(['rollouts', { state: 'live' }])).toEqual({ health: 'healthy', healthReason: null });
    await known([check('missing')]);
    expect(await afterNews(['rollouts', { state: 'live' }])).toEqual({
      health: 'degraded',
      healthReason: 'Missing: Argo Rollouts (as it is)',
    });
  });

  test('is unreachable as long as one of its kinds cannot be followed, though the others can', async () => {
    await known([check('met')]);
    const news = [
      ['rollouts', { state: 'live' }],
      ['pods', lost('It is silent')],
    ] as const;
    expect(await afterNews(...news.map((one): [string, ReflectorHealth] => [...one]))).toEqual({
      health: 'unreachable',
      healthReason: 'It is silent',
    });
  });

  test('is what was said of it last, however quickly one word follows the other', async () => {
    await known([check('met')]);
    let last = Promise.withResolvers<void>();
    const announcer = { ...world.announcer, announce: () => last.resolve() };
    const tell = contactRecorder({ ...world, announcer })(world.tenant.clusterId);
    tell('rollouts', lost('The first'));
    await last.promise;
    for (let round = 0; round < 50; round += 1) {
      tell('rollouts', { state: 'live' });
      tell('rollouts', lost(`It is silent, ${round}`));
      await Promise.resolve();
    }
    last = Promise.withResolvers();
    tell('rollouts', { state: 'live' });
    await last.promise;
    await expect.poll(async () => (await stored()).health).toBe('healthy');
    expect((await stored()).healthReason).toBeNull();
  });

  test('that answers and does not let a kind be followed is degraded, not unreachable', async () => {
    await known([check('met')]);
    expect(await afterNews(['workflows', refused('The cluster does not know workflows')])).toEqual({
      health: 'degraded',
      healthReason: 'The cluster does not know workflows',
    });
  });
});
