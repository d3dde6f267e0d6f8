import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askForDeployment } from '../deployment/index.ts';
import { actAs, addPerson, createTestTenant, endOf, recordedOf, testId, testStrategy } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { archiveEnvironment, createEnvironment, createService, editEnvironment, editService } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  [tenant, other] = [await createTestTenant(db), await createTestTenant(db)];
});

const as = (person: TestPerson, tenantId = tenant.id) => actAs(db, tenantId, person.actor);
const orders = (over: object = {}) => ({ slug: 'orders', name: 'Orders', repositoryUrl: 'https://git.test/orders.git', ...over });

describe('createService', () => {
  test('makes a service with its event and its audit entry', async () => {
    const { serviceId } = await createService(as(tenant.people.admin), orders());
    expect(await db.prisma.service.count({ where: { tenantId: tenant.id, id: serviceId } })).toBe(1);
    expect(await recordedOf(db, tenant.id, 'service.create')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
  });

  test('is refused without the right, and in a tenant that one is no member of', async () => {
    for (const person of [tenant.people.developer, tenant.people.viewer, other.people.admin])
      expect(await endOf(createService(as(person), orders()))).toBe('forbidden');
  });

  test('two tenants may use one slug; in one tenant one of several at once gets it', async () => {
    await createService(as(other.people.admin, other.id), orders());
    const ends = await Promise.all([1, 2, 3].map(() => endOf(createService(as(tenant.people.admin), orders()))));
    expect(ends.toSorted()).toEqual(['conflict', 'conflict', 'done']);
  });

  test.each([
    { slug: 'Has Space' },
    { slug: '-x' },
    { repositoryUrl: 'ext::sh -c id' },
    { repositoryUrl: '--upload-pack=id' },
    { repositoryUrl: 'https://git.test/a\nb' },
    { defaultBranch: '--exec=id' },
    { defaultBranch: 'a..b' },
    { tier: 9 },
    { name: ' ' },
    { chart: { kind: 'repository' } },
  ])('%j is refused as invalid', async (bad) => {
    expect(await endOf(createService(as(tenant.people.admin), orders(bad)))).toBe('invalid');
  });
});

describe('editService', () => {
  test('changes the given fields and leaves the others', async () => {
    await editService(as(tenant.people.releaseManager), { serviceId: tenant.serviceId, tier: 1 });
    expect(await db.prisma.service.findFirst({ where: { id: tenant.serviceId } })).toMatchObject({ tier: 1, name: 'Checkout' });
    expect((await recordedOf(db, tenant.id, 'service.edit')).auditCount).toBe(1);
  });

  test('the service of another tenant and an archived one are unknown', async () => {
    expect(await endOf(editService(as(tenant.people.admin), { serviceId: other.serviceId, name: 'Stolen' }))).toBe('notFound');
    await db.prisma.service.updateMany({ where: { tenantId: tenant.id }, data: { archivedAt: new Date() } });
    expect(await endOf(editService(as(tenant.people.admin), { serviceId: tenant.serviceId, name: 'Late' }))).toBe('notFound');
    expect((await db.prisma.service.findFirst({ where: { id: other.serviceId } }))?.name).toBe('Checkout');
  });
});

describe('createEnvironment', () => {
  const staging = (over: object = {}) => ({
    slug: 'stage',
    name: 'Staging',
    kind: 'staging' as const,
    position: 3,
    waves: [['eu-west']],
    strategy: testStrategy,
    targets: [{ clusterId: tenant.clusterId, namespace: `${tenant.slug}-stage` }],
    ...over,
  });

  test('makes an environment with a target in the region of each cluster', async () => {
    const { environmentId } = await createEnvironment(as(tenant.people.admin), staging());
    expect(await db.prisma.target.findMany({ where: { environmentId }, select: { region: true, clusterId: true } })).toEqual([
      { region: 'eu-west', clusterId: tenant.clusterId },
    ]);
    expect((await recordedOf(db, tenant.id, 'environment.create')).auditCount).toBe(1);
  });

  test('a namespace of the cluster, of another tenant, or outside the own name is refused', async () => {
    const into = (namespace: string) =>
      endOf(createEnvironment(as(tenant.people.admin), staging({ targets: [{ clusterId: tenant.clusterId, namespace }] })));
    for (const namespace of ['kube-system', 'default', `${other.slug}-prod`, 'elsewhere']) expect(await into(namespace)).toBe('invalid');
    const chief = await addPerson(db, { isPlatformAdmin: true });
    const taken = await db.prisma.target.findFirstOrThrow({ where: { tenantId: other.id } });
    const targets = [{ clusterId: taken.clusterId, namespace: taken.namespace }];
    expect(await endOf(createEnvironment(as(chief), staging({ targets })))).toBe('invalid');
    expect(await endOf(createEnvironment(as(chief), staging({ targets: [{ clusterId: tenant.clusterId, namespace: 'elsewhere' }] })))).toBe(
      'done',
    );
  });

  test('waves that do not name exactly the regions of the targets are refused at their field', async () => {
    for (const waves of [[['us-east']], [['eu-west'], ['eu-west']], [['eu-west', 'us-east']]])
      expect(await endOf(createEnvironment(as(tenant.people.admin), staging({ waves })))).toBe('invalid');
    expect(await endOf(createEnvironment(as(tenant.people.admin), staging({ targets: [{ clusterId: 'none', namespace: 'x' }] })))).toBe(
      'invalid',
    );
  });

  test('is for admins, and a slug is taken once', async () => {
    expect(await endOf(createEnvironment(as(tenant.people.releaseManager), staging()))).toBe('forbidden');
    const ends = await Promise.all([1, 2].map(() => endOf(createEnvironment(as(tenant.people.admin), staging()))));
    expect(ends.toSorted()).toEqual(['conflict', 'done']);
  });
});

describe('editEnvironment', () => {
  const edit = (over: object, person = tenant.people.admin) =>
    endOf(editEnvironment(as(person), { environmentId: tenant.quietId, version: 0, ...over }));
  const stored = () =>
    db.prisma.environment.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: tenant.id, id: tenant.quietId } },
      include: { targets: true },
    });

  test('changes what is given, leaves the rest, and records both', async () => {
    expect(await edit({ name: 'Calm', requiredApprovals: 2 })).toBe('done');
    expect(await stored()).toMatchObject({ name: 'Calm', requiredApprovals: 2, position: 3, version: 1 });
    const entry = await db.prisma.auditEntry.findFirst({ where: { tenantId: tenant.id, action: 'environment.edit' } });
    expect(entry).toMatchObject({ before: { name: 'Quiet', requiredApprovals: 0 }, after: { name: 'Calm', requiredApprovals: 2 } });
  });

  test('of two people who saw the same version, one is told to look again and nothing of theirs is mixed in', async () => {
    const ends = await Promise.all([edit({ name: 'First', position: 4 }), edit({ name: 'Second', position: 5 }, tenant.deputy)]);
    expect(ends.toSorted()).toEqual(['conflict', 'done']);
    const { name, position } = await stored();
    expect([
      ['First', 4],
      ['Second', 5],
    ]).toContainEqual([name, position]);
  });

  test('adds a region, if the waves name it', async () => {
    const clusterId = testId('cluster');
    const cluster = { id: clusterId, name: clusterId, region: 'us-east', connection: {}, sealedCredential: 'sealed' };
    await db.prisma.cluster.create({ data: cluster });
    const targets = [{ clusterId, namespace: `${tenant.slug}-quiet` }];
    expect(await edit({ targets })).toBe('invalid');
    expect(await edit({ targets, waves: [['eu-west'], ['us-east']] })).toBe('done');
    expect((await stored()).targets.map((target) => target.region).toSorted()).toEqual(['eu-west', 'us-east']);
  });

  test('refuses waves without one of the regions, a namespace of the cluster, and those without the right', async () => {
    expect(await edit({ waves: [['mars']] })).toBe('invalid');
    expect(await edit({ targets: [{ clusterId: tenant.clusterId, namespace: 'kube-system' }] })).toBe('invalid');
    expect(await edit({ name: 'x' }, tenant.people.developer)).toBe('forbidden');
    expect(await endOf(editEnvironment(as(tenant.people.admin), { environmentId: other.quietId, version: 0 }))).toBe('notFound');
  });
});

describe('archiveEnvironment', () => {
  const archive = (environmentId: string) => endOf(archiveEnvironment(as(tenant.people.admin), { environmentId }));

  test('takes a quiet environment away, once', async () => {
    expect(await archive(tenant.quietId)).toBe('done');
    expect(await archive(tenant.quietId)).toBe('notFound');
  });

  test('is refused while a deployment there has not ended, and an archived one takes no deployments', async () => {
    expect(await archive(tenant.productionId)).toBe('precondition');
    expect(await archive(tenant.quietId)).toBe('done');
    const ask = { serviceId: tenant.serviceId, environmentId: tenant.quietId, artifactId: tenant.artifactId };
    expect(await endOf(askForDeployment(as(tenant.people.developer), ask))).toBe('precondition');
  });
});
