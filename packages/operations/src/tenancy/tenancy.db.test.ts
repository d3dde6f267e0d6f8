import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { platformTenantId } from '../context/index.ts';
import { actAs, addPerson, addToTenant, createTestTenant, endOf, recordedOf, testId } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { createPerson } from '../person/index.ts';
import { addMember, changeRole, createTenant, removeMember } from './index.ts';

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
const roleOf = async (userId: string, tenantId = tenant.id) =>
  (await db.prisma.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } }))?.role ?? null;

describe('addMember', () => {
  test('makes a person with an account a member, with its event and its audit entry', async () => {
    const person = await addPerson(db);
    await addMember(as(tenant.people.admin), { email: person.email, role: 'developer' });
    expect(await roleOf(person.id)).toBe('developer');
    expect(await recordedOf(db, tenant.id, 'member.add')).toEqual({ auditCount: 1, eventTypes: ['membership.changed'] });
  });

  test('is refused to everyone but admins, and to admins of another tenant', async () => {
    const { email } = await addPerson(db);
    for (const person of [tenant.people.releaseManager, tenant.people.developer, tenant.people.viewer, other.people.admin])
      expect(await endOf(addMember(as(person), { email, role: 'viewer' }))).toBe('forbidden');
    expect(await endOf(addMember(actAs(db, tenant.id, { kind: 'anonymous' }), { email, role: 'viewer' }))).toBe('unauthenticated');
  });

  test('an unknown account is named at its field, and a member is not added twice', async () => {
    expect(await endOf(addMember(as(tenant.people.admin), { email: 'nobody@flow.test', role: 'viewer' }))).toBe('invalid');
    expect(await endOf(addMember(as(tenant.people.admin), { email: tenant.people.viewer.email, role: 'viewer' }))).toBe('conflict');
  });

  test('of two at the same instant one adds the person and the other is told', async () => {
    const { email } = await addPerson(db);
    const ends = await Promise.all([1, 2, 3].map(() => endOf(addMember(as(tenant.people.admin), { email, role: 'viewer' }))));
    expect(ends.toSorted()).toEqual(['conflict', 'conflict', 'done']);
    expect((await recordedOf(db, tenant.id, 'member.add')).auditCount).toBe(1);
  });
});

describe('changeRole', () => {
  test('gives another role and records the old one', async () => {
    await changeRole(as(tenant.people.admin), { userId: tenant.people.viewer.id, role: 'releaseManager' });
    expect(await roleOf(tenant.people.viewer.id)).toBe('releaseManager');
    const entry = await db.prisma.auditEntry.findFirst({ where: { tenantId: tenant.id, action: 'member.changeRole' } });
    expect(entry).toMatchObject({
      before: { role: 'viewer' },
      after: { role: 'releaseManager' },
      actor: `user:${tenant.people.admin.id}`,
      address: '192.0.2.1',
      requestId: 'request-1',
    });
  });

  test('a member of another tenant is unknown, and stays as they are', async () => {
    expect(await endOf(changeRole(as(tenant.people.admin), { userId: other.people.viewer.id, role: 'admin' }))).toBe('notFound');
    expect(await roleOf(other.people.viewer.id, other.id)).toBe('viewer');
  });

  test('a role that does not exist is invalid', async () => {
    const input: unknown = { userId: tenant.people.viewer.id, role: 'owner' };
    expect(await endOf(changeRole(as(tenant.people.admin), input as Parameters<typeof changeRole>[1]))).toBe('invalid');
  });
});

describe('the last admin stays', () => {
  test('neither removed nor made something else', async () => {
    await removeMember(as(tenant.people.admin), { userId: tenant.deputy.id });
    expect(await endOf(removeMember(as(tenant.people.admin), { userId: tenant.people.admin.id }))).toBe('precondition');
    expect(await endOf(changeRole(as(tenant.people.admin), { userId: tenant.people.admin.id, role: 'viewer' }))).toBe('precondition');
    expect(await roleOf(tenant.people.admin.id)).toBe('admin');
  });

  test('when two admins remove each other at the same instant', async () => {
    for (let round = 0; round < 10; round += 1) {
      const pair = await createTestTenant(db);
      const ends = await Promise.all([
        endOf(removeMember(as(pair.people.admin, pair.id), { userId: pair.deputy.id })),
        endOf(changeRole(as(pair.deputy, pair.id), { userId: pair.people.admin.id, role: 'viewer' })),
      ]);
      expect(ends.toSorted()).toEqual(['done', 'precondition']);
      expect(await db.prisma.membership.count({ where: { tenantId: pair.id, role: 'admin' } })).toBe(1);
    }
  });

  test('a disabled admin does not count as the other one', async () => {
    await db.prisma.user.update({ where: { id: tenant.deputy.id }, data: { disabledAt: new Date() } });
    expect(await endOf(removeMember(as(tenant.people.admin), { userId: tenant.people.admin.id }))).toBe('precondition');
  });
});

test('removing a member twice tells the second one that there is none', async () => {
  const ends = await Promise.all([1, 2].map(() => endOf(removeMember(as(tenant.people.admin), { userId: tenant.people.viewer.id }))));
  expect(ends.toSorted()).toEqual(['done', 'notFound']);
  expect(await recordedOf(db, tenant.id, 'member.remove')).toEqual({ auditCount: 1, eventTypes: ['membership.changed'] });
});

describe('createTenant', () => {
  test('is for platform admins, and makes its first admin', async () => {
    const chief = await addPerson(db, { isPlatformAdmin: true });
    const first = await addPerson(db);
    const slug = testId('new').replaceAll(/[^a-z0-9]/g, '');
    const input = { slug, name: 'New', adminEmail: first.email };
    expect(await endOf(createTenant(as(tenant.people.admin), input))).toBe('forbidden');
    const { tenantId } = await createTenant(actAs(db, platformTenantId, chief.actor), input);
    expect(await roleOf(first.id, tenantId)).toBe('admin');
    expect((await recordedOf(db, tenantId, 'tenant.create')).auditCount).toBe(1);
    expect(await endOf(createTenant(actAs(db, platformTenantId, chief.actor), input))).toBe('conflict');
    expect(await endOf(createTenant(actAs(db, platformTenantId, chief.actor), { ...input, slug: 'Not A Slug' }))).toBe('invalid');
  });
});

test('an account is made by platform admins only, once for each e-mail address', async () => {
  const chief = await addPerson(db, { isPlatformAdmin: true });
  const input = { email: `${testId('made')}@flow.test`, name: 'Made', password: 'a long enough one' };
  expect(await endOf(createPerson(as(tenant.people.admin), input))).toBe('forbidden');
  expect(await endOf(createPerson(actAs(db, platformTenantId, chief.actor), { ...input, password: 'short' }))).toBe('invalid');
  expect(await endOf(createPerson(actAs(db, platformTenantId, chief.actor), input))).toBe('done');
  expect(await endOf(createPerson(actAs(db, platformTenantId, chief.actor), input))).toBe('conflict');
});

test('a person who is added keeps their roles in other tenants', async () => {
  const person = await addToTenant(db, other.id, { person: await addPerson(db), role: 'viewer' });
  await addMember(as(tenant.people.admin), { email: person.email, role: 'admin' });
  expect(await roleOf(person.id, other.id)).toBe('viewer');
});
