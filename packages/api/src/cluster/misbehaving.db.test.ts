import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { recordClusterHealth } from '@flow/operations/cluster';
import { platformTenantId } from '@flow/operations/context';
import { actAs, addPerson, createTestTenant, systemActor, testId, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callProcedure, testServices } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let chiefToken: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  chiefToken = (await addPerson(db, { isPlatformAdmin: true })).token;
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

describe('a kubeconfig', () => {
  const address = 'server: "https://cluster.test"';
  const register = async (user: string, cluster: string): Promise<unknown> => {
    const kubeconfig = `apiVersion: v1
kind: Config
current-context: main
clusters: [{ name: c, cluster: { ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
contexts: [{ name: main, context: { cluster: c, user: u } }]
`;
    const { body } = await callProcedure(testServices(db), {
      procedure: { path: 'cluster.register', type: 'mutation' },
      input: { name: testId('c'), region: 'eu-west', access: { kind: 'kubeconfig', kubeconfig } },
      token: chiefToken,
    });
    return JSON.parse(body);
  };

  test.each([
    ['exec', 'exec: { command: id }', 'users.0.user.exec', address],
    ['auth-provider', 'auth-provider: { name: gcp }', 'users.0.user.auth-provider', address],
    ['a file of a token', 'tokenFile: /etc/passwd', 'users.0.user.tokenFile', address],
    ['a file of a key', 'client-key: /etc/passwd', 'users.0.user.client-key', address],
    ['a proxy', 'token: abc', 'clusters.0.cluster.proxy-url', 'server: "https://cluster.test", proxy-url: "http://evil.test"'],
    [
      'a file of an authority',
      'token: abc',
      'clusters.0.cluster.certificate-authority',
      'server: "https://a.test", certificate-authority: /etc/passwd',
    ],
    [
      'an authority that is none',
      'token: abc',
      'clusters.0.cluster.certificate-authority-data',
      'server: "https://a.test", certificate-authority-data: aGVsbG8=',
    ],
  ])('with %s is refused at its field, and no cluster is added', async (_what, ...given) => {
    const [user, path, cluster] = given;
    const before = await db.prisma.cluster.count();
    expect(await register(user, cluster)).toMatchObject({
      error: {
        data: { code: 'BAD_REQUEST', fields: expect.arrayContaining([expect.objectContaining({ path: `access.kubeconfig.${path}` })]) },
      },
    });
    expect(await db.prisma.cluster.count()).toBe(before);
  });
});

test('an address or an authority that is none is refused at its field, and no cluster is added', async () => {
  const before = await db.prisma.cluster.count();
  const access = { kind: 'token', server: 'http://10.0.0.1', caPem: 'aGVsbG8=', token: 'abc' };
  const { body } = await callProcedure(testServices(db), {
    procedure: { path: 'cluster.register', type: 'mutation' },
    input: { name: testId('c'), region: 'eu-west', access },
    token: chiefToken,
  });
  const { error } = z
    .object({ error: z.object({ data: z.object({ code: z.string(), fields: z.array(z.object({ path: z.string() })) }) }) })
    .parse(JSON.parse(body));
  expect(error.data).toMatchObject({
    code: 'BAD_REQUEST',
    fields: [{ path: 'access.server' }, { path: 'access.caPem' }],
  });
  expect(await db.prisma.cluster.count()).toBe(before);
});

test('a deployment in a cluster that cannot be reached shows what was seen last, since when, and why', async () => {
  const system = (now: Date) => ({ ...actAs(db, platformTenantId, systemActor), now });
  const lostAt = new Date(worldNow.getTime() - 5 * 60_000);
  const lost = {
    clusterId: tenant.clusterId,
    health: 'unreachable' as const,
    healthReason: 'It did not answer in time',
    capabilities: null,
  };
  await recordClusterHealth(system(lostAt), lost);
  await recordClusterHealth(system(worldNow), lost);
  const show = async (): Promise<unknown> =>
    JSON.parse(
      (
        await callProcedure(testServices(db), {
          procedure: { path: 'deployment.get', type: 'query' },
          input: { tenant: tenant.slug, deploymentId: tenant.movingId },
          token: tenant.people.viewer.token,
        })
      ).body,
    );
  const cluster = { health: 'unreachable', healthReason: 'It did not answer in time', healthSince: lostAt.toISOString() };
  expect(await show()).toMatchObject({ result: { data: { targets: [{ state: 'paused', observed: { canaryWeight: 20 }, cluster }] } } });
  await recordClusterHealth(system(worldNow), { ...lost, health: 'healthy', healthReason: null });
  expect(await show()).toMatchObject({ result: { data: { targets: [{ cluster: { health: 'healthy', healthReason: null } }] } } });
});
