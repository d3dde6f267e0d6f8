import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDatabase, inTransaction } from '../client/index.ts';
import type { Database } from '../client/index.ts';
import { createTestDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { listEnded } from './index.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const tables = ['deployment', 'target_deployment', 'kept_verdict', 'policy_finding', 'artifact', 'commit', 'approval_request'];
const readRow = z.array(z.object({ name: z.string(), rows: z.coerce.number() }));

test('a period is read without looking at what has ended before it, whatever there is of it', async () => {
  const historyCount = 4_000;
  await fill(historyCount);
  const { facts, read } = await inTransaction(db, async (tx) => {
    const before = await rowsRead(tx);
    const period = { from: new Date('2026-03-01T00:00:00Z'), until: new Date('2026-03-08T00:00:00Z') };
    const found = await listEnded(tx, 't1', { period, serviceId: null, environmentIds: null, limit: 1_000 });
    const after = await rowsRead(tx);
    return { facts: found, read: tables.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0)) };
  });
  expect(facts).toHaveLength(7);
  expect(facts[0]).toMatchObject({ holds: [{ policyId: 'r1' }], targets: [{ region: 'eu' }], isFirst: false });
  // Of each table what belongs to the seven, and here and there a row beside them.
  for (const rows of read) expect(rows).toBeLessThan(100);
});

/** How many rows of each table this transaction has read. */
async function rowsRead(tx: Parameters<typeof listEnded>[0]): Promise<Map<string, number>> {
  const found = await tx.$queryRaw`
    SELECT relname AS name, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_xact_user_tables WHERE relname = ANY(${tables})`;
  return new Map(readRow.parse(found).map(({ name, rows }) => [name, rows]));
}

/** One deployment a day for years, the last one on the seventh of March; each with a version, a region, a verdict and something that held it. */
async function fill(count: number): Promise<void> {
  const tenantId = 't1';
  await db.prisma.tenant.create({ data: { id: tenantId, slug: tenantId, name: tenantId } });
  await db.prisma.service.create({ data: { tenantId, id: 's1', slug: 's1', name: 's1', repositoryUrl: 'https://git.test/s1.git' } });
  const environment = { slug: 'e1', name: 'e1', kind: 'production', position: 1, waves: [['eu']], strategy: {} };
  await db.prisma.environment.create({ data: { tenantId, id: 'e1', ...environment } });
  await db.prisma.cluster.create({ data: { id: 'c1', name: 'c1', region: 'eu', connection: {}, sealedCredential: '' } });
  await db.prisma.target.create({ data: { tenantId, id: 'g1', environmentId: 'e1', region: 'eu', clusterId: 'c1', namespace: 'n' } });
  const days = Array.from({ length: count }, (_, index) => new Date(Date.UTC(2026, 2, 7, 12) - index * 86_400_000));
  const place = { tenantId, serviceId: 's1' };
  const there = { ...place, environmentId: 'e1' };
  const artifactOf = (index: number): string => `a${Math.floor(index / 2)}`;
  await db.prisma.artifact.createMany({
    data: days.map((createdAt, index) => ({
      ...place,
      id: `a${index}`,
      version: '1',
      repository: 'r',
      digest: `d${index}`,
      commitSha: `sha${index}`,
      chartVersion: '1',
      createdAt,
    })),
  });
  await db.prisma.commit.createMany({ data: days.map((committedAt, index) => ({ ...place, sha: `sha${index}`, committedAt })) });
  await db.prisma.deployment.createMany({
    data: days.map((at, index) => ({
      ...there,
      id: `d${index}`,
      artifactId: artifactOf(index),
      state: 'succeeded',
      plan: {},
      snapshot: {},
      snapshotHash: '',
      invoker: 'person',
      createdAt: at,
      startedAt: at,
      finishedAt: at,
    })),
  });
  const release = { targetId: 'g1', region: 'eu', clusterId: 'c1', namespace: 'n', releaseName: 's1', wave: 0, state: 'healthy' };
  await db.prisma.targetDeployment.createMany({
    data: days.map((finishedAt, index) => ({ tenantId, id: `t${index}`, deploymentId: `d${index}`, ...release, finishedAt })),
  });
  const about = (index: number) => ({
    ...there,
    id: `k${index}`,
    deploymentId: `d${index}`,
    artifactId: artifactOf(index),
    digest: `d${index}`,
  });
  const verdict = { moment: 'started', result: 'allowed', factsVersion: 1, facts: '', others: '', said: [] };
  await db.prisma.keptVerdict.createMany({ data: days.map((at, index) => ({ ...about(index), ...verdict, at })) });
  const said = { source: 'rule', policyId: 'r1', effect: 'hold', isShadow: false, isLimit: false, sentence: '' };
  await db.prisma.policyFinding.createMany({ data: days.map((at, index) => ({ ...about(index), ...said, beganAt: at, endedAt: at })) });
  await db.pool.query('ANALYZE');
}
