import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { findPolicy, listPoliciesInForce, listRevisions } from '@flow/db/policy';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { FlowError } from '@flow/core/fault';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { platformTenantId } from '../context/index.ts';
import { aRule, actAs, addPerson, createTestTenant, endOf, recordedOf, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { archivePolicy, previewScope, savePolicy, toPolicy } from './index.ts';

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

const admin = (of = tenant) => actAs(db, of.id, of.people.admin.actor);
const rule = (over: Parameters<typeof aRule>[1] = {}) => ({ kind: 'rule' as const, document: aRule([], over) });
const faultsOf = async (call: Promise<unknown>) => {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  return error instanceof FlowError ? error.fields.map((field) => `${field.path}: ${field.message}`) : [];
};

describe('savePolicy', () => {
  test('keeps every revision with who made it and why, and records each', async () => {
    const { policyId } = await savePolicy(admin(), { ...rule(), note: 'first' });
    expect(await savePolicy(admin(), { ...rule({ title: 'Look thrice' }), policyId, seenRevision: 1, note: 'better' })).toEqual({
      policyId,
      revision: 2,
    });
    const revisions = await listRevisions(db.prisma, tenant.id, policyId);
    expect(revisions.map(({ revision, note, changedByName }) => [revision, note, changedByName])).toEqual([
      [2, 'better', tenant.people.admin.actor.name],
      [1, 'first', tenant.people.admin.actor.name],
    ]);
    expect(await recordedOf(db, tenant.id, 'policy.edit')).toMatchObject({ auditCount: 1 });
  });

  test('is in force in the tenant and nowhere else, whatever scope is sent', async () => {
    const { policyId } = await savePolicy(admin(), rule({ scope: { tenantIds: [other.id, platformTenantId] } }));
    const row = await findPolicy(db.prisma, tenant.id, policyId);
    if (row === null) throw new Error('it was not saved');
    expect(toPolicy(row, 'Acme')).toMatchObject({ rule: { scope: { tenantIds: [tenant.id] }, owner: { kind: 'tenant' } } });
    expect((await listPoliciesInForce(db.prisma, other.id)).map((one) => one.id)).not.toContain(policyId);
  });

  test('of two changes of the same revision one is told to look again', async () => {
    const { policyId } = await savePolicy(admin(), rule());
    const change = (title: string) => endOf(savePolicy(admin(), { ...rule({ title }), policyId, seenRevision: 1 }));
    expect((await Promise.all([change('a'), change('b')])).toSorted()).toEqual(['conflict', 'done']);
  });

  test('names the place in an expression that does not compile, and the setting that is unknown', async () => {
    expect(await faultsOf(savePolicy(admin(), rule({ condition: { kind: 'expression', source: 'service.nam == "a"' } })))).toEqual([
      expect.stringMatching(/^document\.condition: line 1, column \d+: .*nam/),
    ]);
    expect(await faultsOf(savePolicy(admin(), rule({ message: '{{ service.name' })))).toEqual([
      expect.stringMatching(/^document\.message: line 1, column \d+/),
    ]);
    const use = { key: 'not-soaked', settings: { hours: 3 } };
    expect(await faultsOf(savePolicy(admin(), rule({ condition: { kind: 'builtIn', use } })))).toEqual([expect.stringContaining('hours')]);
  });

  test.each([
    ['on a day that no month has', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'It never takes place'],
    ['until before it begins', 'FREQ=WEEKLY;UNTIL=20251201T000000Z', 'It never takes place'],
    ['every day, all day', 'FREQ=DAILY', 'It leaves no gap: nothing would be deployed ever again'],
    ['every second', 'FREQ=SECONDLY', 'a recurrence begins with FREQ=DAILY'],
  ])('refuses a freeze that recurs %s, at its recurrence, and keeps nothing of it', async (_when, recurrence, message) => {
    const window = { zone: 'UTC', start: '2026-01-01T00:00', end: '2026-01-02T00:00', recurrence };
    const document = { title: 'Odd', scope: {}, appliesTo: {}, enforcement: 'enforce', window, inFlight: 'finish' };
    const before = await db.prisma.policy.count({ where: { tenantId: tenant.id } });
    const faults = await faultsOf(savePolicy(admin(), { kind: 'freeze', document }));
    expect(faults).toEqual([expect.stringContaining(message)]);
    expect(faults[0]).toMatch(/^document\.window\.recurrence: /);
    expect(await db.prisma.policy.count({ where: { tenantId: tenant.id } })).toBe(before);
  });

  test('refuses a scope that names what is not here, and a field that nobody knows', async () => {
    expect(await faultsOf(savePolicy(admin(), rule({ scope: { serviceIds: [other.serviceId] } })))).toEqual([
      'document.scope.serviceIds.0: there is none with this id here',
    ]);
    expect(await endOf(savePolicy(admin(), rule({ surprise: 1 })))).toBe('invalid');
  });

  test('is for tenant admins, for the platform’s own for platform admins, and a tenant changes none of those', async () => {
    expect(await endOf(savePolicy(actAs(db, tenant.id, tenant.people.releaseManager.actor), rule()))).toBe('forbidden');
    expect(await endOf(savePolicy(actAs(db, platformTenantId, tenant.people.admin.actor), rule()))).toBe('forbidden');
    const chief = await addPerson(db, { isPlatformAdmin: true });
    const { policyId } = await savePolicy(actAs(db, platformTenantId, chief.actor), rule());
    expect((await listPoliciesInForce(db.prisma, tenant.id)).map((one) => one.id)).toContain(policyId);
    expect(await endOf(savePolicy(admin(), { ...rule(), policyId, seenRevision: 1 }))).toBe('notFound');
    expect(await endOf(archivePolicy(admin(), { policyId }))).toBe('notFound');
    await archivePolicy(actAs(db, platformTenantId, chief.actor), { policyId });
    expect((await listPoliciesInForce(db.prisma, tenant.id)).map((one) => one.id)).not.toContain(policyId);
  });
});

test('who would be affected is counted over services and environments', async () => {
  const viewer = actAs(db, tenant.id, tenant.people.viewer.actor);
  expect(await previewScope(viewer, { scope: { environmentKinds: ['production'] } })).toMatchObject({ coveredCount: 1, placeCount: 3 });
  expect(await previewScope(viewer, { scope: { regions: ['mars'] } })).toMatchObject({ coveredCount: 0, examples: [] });
});

test('an archived policy is in force no more, and can be neither changed nor archived again', async () => {
  const { policyId } = await savePolicy(admin(), rule());
  await archivePolicy(admin(), { policyId });
  expect(await endOf(archivePolicy(admin(), { policyId }))).toBe('notFound');
  expect(await endOf(savePolicy(admin(), { ...rule(), policyId, seenRevision: 1 }))).toBe('conflict');
  expect((await findPolicy(db.prisma, tenant.id, policyId))?.archivedAt).toEqual(worldNow);
});
