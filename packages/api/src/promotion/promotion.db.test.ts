import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { saveHistory } from '@flow/db/promotion';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { aRollout, createTestTenant, testId, worldNow } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCaller, createContext } from '../router/index.ts';
import { testServices } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
});

const as = async (person: Pick<TestPerson, 'token'>) =>
  createCaller(await createContext(testServices(db), { token: person.token, requestId: 'r', address: null, userAgent: null }));
const here = () => ({ tenant: tenant.slug });

interface Runs {
  environmentId: string;
  artifactId: string;
  version: string;
  values?: object;
  serviceId?: string;
}

/** Says that a version runs in the one region of an environment, deployed with the given values. */
async function runs({ environmentId, artifactId, version, values = {}, serviceId = tenant.serviceId }: Runs): Promise<void> {
  const deploymentId = testId('deployment');
  const targetId = `${environmentId}-eu`;
  const chart = { kind: 'flow', name: 'flow-service', version: '1.0.0', digest: 'sha256:c' };
  const snapshot = { image: { repository: 'r', digest: version }, chart, commitSha: 'c', values: { [targetId]: { ...values, flow: {} } } };
  const common = { serviceId, environmentId, artifactId };
  await db.prisma.deployment.create({
    data: {
      ...common,
      tenantId: tenant.id,
      id: deploymentId,
      state: 'succeeded',
      plan: {},
      snapshot: JSON.parse(JSON.stringify(snapshot)),
      snapshotHash: 'h',
      invoker: 'person',
      createdAt: worldNow,
    },
  });
  const running = { ...common, deploymentId, version, digest: `sha256:${version}`, region: 'eu-west', releaseRevision: 1, since: worldNow };
  await db.prisma.runningVersion.upsert({
    where: { tenantId_serviceId_targetId: { tenantId: tenant.id, serviceId, targetId } },
    create: { tenantId: tenant.id, targetId, ...running },
    update: running,
  });
}

/** What the Rollout of the service was last seen to be in an environment. */
async function isSeen(environmentId: string, view: Parameters<typeof aRollout>[0]): Promise<void> {
  const target = await db.prisma.target.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id: `${environmentId}-eu` } } });
  const place = { tenantId: tenant.id, clusterId: tenant.clusterId, namespace: target.namespace, name: tenant.serviceSlug };
  await db.prisma.observedObject.create({
    data: { ...place, resource: 'rollouts', uid: testId('uid'), resourceVersion: '1', release: tenant.serviceSlug, view: aRollout(view) },
  });
}

/** Services of which nothing runs, so that a list has something to leave out. */
async function addServices(slugs: readonly string[]): Promise<void> {
  const row = (slug: string) => ({ tenantId: tenant.id, id: testId('service'), slug, name: slug, repositoryUrl: 'https://git.test/x.git' });
  await db.prisma.service.createMany({ data: slugs.map((slug) => ({ ...row(slug), createdAt: worldNow })) });
}

describe('the matrix', () => {
  test('tells what runs, how it is, and where something newer waits below', async () => {
    await runs({ environmentId: tenant.productionId, artifactId: tenant.olderArtifactId, version: '1.0.0' });
    await isSeen(tenant.productionId, { phase: 'Degraded' });
    const { items, environments } = await (await as(tenant.people.viewer)).promotion.matrix(here());
    expect(environments.map(({ slug }) => slug)).toEqual(['dev', 'prod', 'quiet']);
    expect(items).toMatchObject([
      {
        slug: 'checkout',
        cells: [
          { environmentId: tenant.developmentId, versions: [{ version: '1.1.0' }], health: 'unknown', newerBelow: null },
          {
            environmentId: tenant.productionId,
            versions: [{ version: '1.0.0', regions: ['eu-west'] }],
            health: 'degraded',
            unwellRegions: ['eu-west'],
            newerBelow: { version: '1.1.0', environmentName: 'Development', artifactId: tenant.artifactId },
          },
        ],
      },
    ]);
  });

  test('shows only what is behind, mixed or degraded when it is asked for that', async () => {
    await addServices(['another', 'zebra']);
    const caller = await as(tenant.people.viewer);
    const shown = async (show: 'behind' | 'mixed' | 'degraded') =>
      (await caller.promotion.matrix({ ...here(), show })).items.map(({ slug }) => slug);
    expect([await shown('behind'), await shown('mixed'), await shown('degraded')]).toEqual([[], [], []]);

    await runs({ environmentId: tenant.productionId, artifactId: tenant.olderArtifactId, version: '1.0.0' });
    await isSeen(tenant.productionId, { phase: 'Degraded' });
    const target = { tenantId: tenant.id, id: testId('target'), environmentId: tenant.developmentId, region: 'us-east', namespace: 'n' };
    await db.prisma.target.create({ data: { ...target, clusterId: tenant.clusterId } });
    expect([await shown('behind'), await shown('mixed'), await shown('degraded')]).toEqual([['checkout'], ['checkout'], ['checkout']]);
  });

  test('of a cluster that cannot be reached the health is not known, whatever was seen last', async () => {
    await isSeen(tenant.developmentId, { phase: 'Healthy' });
    const healthNow = async () => (await (await as(tenant.people.viewer)).promotion.matrix(here())).items[0]?.cells[0]?.health;
    expect(await healthNow()).toBe('healthy');
    await db.prisma.cluster.update({ where: { id: tenant.clusterId }, data: { health: 'unreachable' } });
    expect(await healthNow()).toBe('unknown');
  });

  test('is turned page by page, and found by name and tier', async () => {
    await addServices(['a-service', 'b-service', 'z-service']);
    const caller = await as(tenant.people.viewer);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await caller.promotion.matrix({ ...here(), limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ slug }) => slug));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['a-service', 'b-service', 'checkout', 'z-service']);
    expect((await caller.promotion.matrix({ ...here(), search: 'CHECK' })).items).toHaveLength(1);
    expect((await caller.promotion.matrix({ ...here(), tier: 1 })).items).toEqual([]);
    // What is typed is looked for as it is.
    expect((await caller.promotion.matrix({ ...here(), search: '%' })).items).toEqual([]);
  });
});

describe('two environments', () => {
  const compared = async (over: object = {}) =>
    (await as(tenant.people.viewer)).promotion.compare({ ...here(), left: tenant.developmentSlug, right: tenant.productionSlug, ...over });

  test('differ in versions, settings and pods, each named', async () => {
    const values = { resources: { cpu: '1' } };
    await runs({ environmentId: tenant.developmentId, artifactId: tenant.artifactId, version: '1.1.0', values });
    const other = { resources: { cpu: '2' } };
    await runs({ environmentId: tenant.productionId, artifactId: tenant.olderArtifactId, version: '1.0.0', values: other });
    await isSeen(tenant.developmentId, { replicas: { desired: 1, total: 1, updated: 1, ready: 1, available: 1 } });
    await isSeen(tenant.productionId, { replicas: { desired: 6, total: 6, updated: 6, ready: 6, available: 6 } });
    expect((await compared()).items).toMatchObject([
      {
        slug: 'checkout',
        left: [{ version: '1.1.0', regions: ['eu-west'] }],
        right: [{ version: '1.0.0' }],
        difference: {
          version: 'leftNewer',
          settings: [{ path: 'resources.cpu', left: ['1'], right: ['2'] }],
          replicas: { left: 1, right: 6 },
        },
      },
    ]);
  });

  test('tell of what runs in one of them only, and of what is the same when that is asked for', async () => {
    expect((await compared()).items).toMatchObject([{ slug: 'checkout', right: [], difference: { version: 'onlyLeft' } }]);
    await runs({ environmentId: tenant.developmentId, artifactId: tenant.artifactId, version: '1.1.0' });
    await runs({ environmentId: tenant.productionId, artifactId: tenant.artifactId, version: '1.1.0' });
    expect((await compared()).items).toEqual([]);
    expect((await compared({ showSame: true })).items).toMatchObject([{ slug: 'checkout', difference: null }]);
  });

  test('an environment of another tenant is one that does not exist', async () => {
    const other = await createTestTenant(db);
    await db.prisma.environment.updateMany({ where: { tenantId: other.id, slug: 'prod' }, data: { slug: 'elsewhere' } });
    await expect(compared({ right: 'elsewhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('commits', () => {
  const sha = (letter: string): string => letter.repeat(40);
  const [first, second, third, aside] = [sha('a'), sha('b'), sha('c'), sha('d')] as const;
  const commit = (hash: string, parents: string[], minute: number) => ({
    sha: hash,
    parents,
    message: `Change ${hash.slice(0, 2)}`,
    author: 'dora@flow.test',
    committedAt: new Date(worldNow.getTime() + minute * 60_000),
  });
  /** The older artifact is built from the first commit, the newer one from the third. */
  beforeEach(async () => {
    const { olderArtifactId, serviceId } = tenant;
    await db.prisma.artifact.update({ where: { tenantId_id: { tenantId: tenant.id, id: olderArtifactId } }, data: { commitSha: first } });
    const commits = [commit(first, [], 1), commit(second, [first], 2), commit(third, [second], 3), commit(aside, [first], 4)];
    await saveHistory(db, tenant.id, { serviceId, commits });
  });
  const whereIs = async (prefix: string) => {
    const { environments, found } = await (await as(tenant.people.viewer)).promotion.whereIs({ ...here(), commit: prefix });
    const slugs = new Map(environments.map(({ id, slug }) => [id, slug]));
    return found.map(({ places, ...one }) => ({
      ...one,
      places: places.map((place) => ({ ...place, slug: slugs.get(place.environmentId) })),
    }));
  };

  test('a commit is where a version runs that came after it, and not where an older one does', async () => {
    await runs({ environmentId: tenant.quietId, artifactId: tenant.olderArtifactId, version: '1.0.0' });
    const [found] = await whereIs(second.slice(0, 7));
    expect(found).toMatchObject({ sha: second, message: 'Change bb', service: { slug: 'checkout' }, runs: [] });
    expect(found?.places).toMatchObject([
      { slug: 'dev', region: 'eu-west', state: 'here', weightPercent: 100, running: { version: '1.1.0' } },
      // The newer version waits for approval while an older one moves there.
      { slug: 'prod', state: 'waiting', weightPercent: 0, change: { deploymentId: tenant.waitingId } },
      { slug: 'quiet', state: 'notHere', weightPercent: 0, running: { version: '1.0.0' } },
    ]);
  });

  test('while a canary brings it, it is there with the weight of the canary', async () => {
    await db.prisma.deployment.update({
      where: { tenantId_id: { tenantId: tenant.id, id: tenant.movingId } },
      data: { artifactId: tenant.artifactId },
    });
    const place = (await whereIs(third))[0]?.places.find(({ slug }) => slug === 'prod');
    expect(place).toMatchObject({ state: 'arriving', weightPercent: 20, change: { version: '1.1.0', deploymentId: tenant.movingId } });
  });

  test('runs of exactly this commit are named; a hash that nobody knows is found nowhere', async () => {
    expect((await whereIs(third))[0]?.runs.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(await whereIs('ffffffff')).toEqual([]);
    await expect(whereIs('xyz')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('of another tenant no commit is found', async () => {
    const other = await createTestTenant(db);
    const found = await (await as(other.people.viewer)).promotion.whereIs({ tenant: other.slug, commit: second });
    expect(found.found).toEqual([]);
  });

  test('an artifact tells how many commits it is ahead of what runs in each environment, and which', async () => {
    await runs({ environmentId: tenant.productionId, artifactId: tenant.olderArtifactId, version: '1.0.0' });
    const caller = await as(tenant.people.viewer);
    const standing = await caller.promotion.standing({ ...here(), artifactId: tenant.artifactId });
    expect(standing).toMatchObject([
      { environmentName: 'Development', versions: [{ version: '1.1.0', relation: 'same' }] },
      { environmentName: 'Production', versions: [{ version: '1.0.0', relation: 'ahead', aheadCount: 2, behindCount: 0 }] },
      { environmentName: 'Quiet', versions: [] },
    ]);
    const between = { artifactId: tenant.artifactId, baseId: tenant.olderArtifactId };
    const notes = await caller.promotion.commits({ ...here(), ...between });
    expect(notes).toMatchObject({ relation: 'ahead', version: '1.1.0', baseVersion: '1.0.0', behind: [] });
    expect(notes.ahead.map(({ message }) => message)).toEqual(['Change cc', 'Change bb']);
    const back = await caller.promotion.commits({ ...here(), artifactId: between.baseId, baseId: between.artifactId });
    expect(back).toMatchObject({ relation: 'behind', ahead: [] });
  });

  test('a history that is read again adds what was not known, and loses nothing', async () => {
    const later = sha('e');
    const place = { tenantId: tenant.id, serviceId: tenant.serviceId };
    await db.prisma.commit.create({ data: { ...place, sha: later, committedAt: worldNow } });
    await saveHistory(db, tenant.id, { serviceId: tenant.serviceId, commits: [commit(later, [third], 5), commit(third, [], 3)] });
    const known = await db.prisma.commit.findMany({ where: place, orderBy: { sha: 'asc' }, select: { sha: true, parents: true } });
    expect(known.map((one) => [one.sha[0], one.parents[0]?.[0]])).toEqual([
      ['a', undefined],
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'a'],
      ['e', 'c'],
    ]);
  });

  test('an artifact tells who asked for each deployment of it, and until when it was there', async () => {
    const finishedAt = new Date(worldNow.getTime() + 60_000);
    await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.succeededId } }, data: { finishedAt } });
    const { deployments } = await (await as(tenant.people.viewer)).artifact.get({ ...here(), artifactId: tenant.olderArtifactId });
    const inDevelopment = deployments.find(({ environmentSlug }) => environmentSlug === 'dev');
    expect(inDevelopment).toMatchObject({ requestedByName: tenant.people.developer.actor.name, replacedAt: finishedAt.toISOString() });
  });
});
