import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actAs, createTestTenant, endOf, isWoken, recordedOf, systemActor, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { adoptDrift, askComparison, disownDrift, reapplyDeployed, recordComparison, recordReapply } from './index.ts';

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
const developer = () => as(tenant.people.developer);
const viewer = () => as(tenant.people.viewer);
const flow = (minute = 0) => actAs(db, tenant.id, { actor: systemActor, now: new Date(worldNow.getTime() + minute * 60_000) });
const place = () => ({ serviceId: tenant.serviceId, targetId: `${tenant.developmentId}-eu` });

const field = (path: string, found: string) => ({
  object: 'Rollout/checkout',
  path,
  wanted: '2',
  found,
  isHidden: false,
  fingerprint: `2 ${found}`,
  changedBy: 'kubectl-edit',
  changedAt: worldNow,
});
const compared = (differences: ReturnType<typeof field>[] | null, over: object = {}) => ({
  ...place(),
  deploymentId: tenant.succeededId,
  triedAt: worldNow,
  differences,
  trouble: '',
  ...over,
});
const open = async () =>
  (await db.prisma.drift.findMany({ where: { tenantId: tenant.id, openKey: { not: null } }, orderBy: { path: 'asc' } })).map((row) => ({
    path: row.path,
    found: row.found,
    isAdopted: row.adoptedAt !== null,
  }));
const toldCount = () => db.prisma.notification.count({ where: { tenantId: tenant.id, kind: 'driftFound' } });
const scan = () => db.prisma.driftScan.findFirstOrThrow({ where: { tenantId: tenant.id, ...place() } });

describe('a comparison', () => {
  beforeEach(() => db.prisma.drift.deleteMany({ where: { tenantId: tenant.id } }));

  test('keeps what differs, and tells of it once however often it is found', async () => {
    for (let minute = 0; minute < 3; minute += 1)
      await recordComparison(flow(minute), compared([field('spec.replicas', '5'), field('spec.x', '1')]));
    expect(await open()).toEqual([
      { path: 'spec.replicas', found: '5', isAdopted: false },
      { path: 'spec.x', found: '1', isAdopted: false },
    ]);
    expect(await toldCount()).toBe(1);
    expect(await recordedOf(db, tenant.id, 'drift.find')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
    const told = await db.prisma.notification.findFirstOrThrow({ where: { tenantId: tenant.id, kind: 'driftFound' } });
    expect(told).toMatchObject({ deploymentId: tenant.succeededId, reason: 'eu-west: Rollout/checkout spec.replicas, and 1 more' });
  });

  test('closes what is there no more, and tells of another value anew', async () => {
    await recordComparison(flow(), compared([field('spec.replicas', '5')]));
    await recordComparison(flow(1), compared([field('spec.replicas', '6')]));
    expect(await open()).toEqual([{ path: 'spec.replicas', found: '6', isAdopted: false }]);
    expect(await toldCount()).toBe(2);
    await recordComparison(flow(2), compared([]));
    expect(await open()).toEqual([]);
    expect(await recordedOf(db, tenant.id, 'drift.close')).toMatchObject({ auditCount: 1 });
  });

  test('that could not be made leaves what was known, with the reason', async () => {
    await recordComparison(flow(), compared([field('spec.replicas', '5')]));
    await recordComparison(flow(1), compared(null, { trouble: 'The cluster cannot be reached' }));
    expect(await open()).toHaveLength(1);
    expect(await scan()).toMatchObject({ trouble: 'The cluster cannot be reached', comparedAt: worldNow });
  });

  test('that a deployment has overtaken is not kept', async () => {
    await recordComparison(flow(), compared([field('spec.replicas', '5')], { deploymentId: 'an-older-one' }));
    const activePlace = `${tenant.serviceId}/${tenant.developmentId}`;
    await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.succeededId } }, data: { activePlace } });
    await recordComparison(flow(), compared([field('spec.replicas', '5')]));
    expect(await open()).toEqual([]);
  });

  test('is Flow’s alone', async () => {
    expect(await endOf(recordComparison(developer(), compared([])))).toBe('forbidden');
    expect(await endOf(recordReapply(developer(), { ...place(), to: 'done', result: '' }))).toBe('forbidden');
  });

  test('that a person asks for is due at once, and shown when it is made though nothing is new', async () => {
    await askComparison(developer(), { serviceId: tenant.serviceId });
    expect(await isWoken(db, 'driftScan', tenant.clusterId)).toBe(true);
    expect(await recordedOf(db, tenant.id, 'drift.compare')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
    const before = await db.prisma.event.count({ where: { tenantId: tenant.id } });
    await recordComparison(flow(1), compared([], { triedAt: new Date(worldNow.getTime() + 1) }));
    expect(await db.prisma.event.count({ where: { tenantId: tenant.id } })).toBe(before + 1);
    expect(await endOf(askComparison(viewer(), { serviceId: tenant.serviceId }))).toBe('forbidden');
    expect(await endOf(askComparison(developer(), { serviceId: other.serviceId }))).toBe('notFound');
  });
});

describe('a difference', () => {
  test('is adopted with a reason until its value changes, and counts again when that is taken back', async () => {
    await adoptDrift(developer(), { driftId: tenant.driftId, reason: 'For the sale' });
    expect(await recordedOf(db, tenant.id, 'drift.adopt')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
    expect((await open()).map(({ isAdopted }) => isAdopted)).toEqual([true, true]);
    // Somebody else is faster.
    expect(await endOf(adoptDrift(developer(), { driftId: tenant.driftId, reason: 'Mine too' }))).toBe('precondition');
    await disownDrift(developer(), { driftId: tenant.driftId });
    expect(await recordedOf(db, tenant.id, 'drift.disown')).toEqual({ auditCount: 1, eventTypes: ['service.changed', 'service.changed'] });
    expect(await endOf(disownDrift(developer(), { driftId: tenant.driftId }))).toBe('precondition');
    // The comparison finds neither of them any more.
    await recordComparison(flow(), compared([]));
    expect(await endOf(adoptDrift(developer(), { driftId: tenant.driftId, reason: 'Too late' }))).toBe('precondition');
  });

  test('is out of reach for viewers and for other tenants, and is not adopted without a reason', async () => {
    expect(await endOf(adoptDrift(viewer(), { driftId: tenant.driftId, reason: 'x' }))).toBe('forbidden');
    expect(await endOf(disownDrift(viewer(), { driftId: tenant.adoptedDriftId }))).toBe('forbidden');
    expect(await endOf(adoptDrift(developer(), { driftId: other.driftId, reason: 'x' }))).toBe('notFound');
    expect(await endOf(disownDrift(developer(), { driftId: other.adoptedDriftId }))).toBe('notFound');
    expect(await endOf(adoptDrift(developer(), { driftId: tenant.driftId, reason: ' ' }))).toBe('invalid');
  });
});

describe('applying again what was deployed', () => {
  const jobKey = () => `${tenant.serviceId}/${tenant.developmentId}-eu`;

  test('is asked for once, recorded, and ends with what came of it', async () => {
    for (let times = 0; times < 2; times += 1) await reapplyDeployed(developer(), place());
    expect(await isWoken(db, 'driftReapply', jobKey())).toBe(true);
    expect(await recordedOf(db, tenant.id, 'drift.reapply')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
    expect(await scan()).toMatchObject({ reapplyState: 'asked', reapplyBy: tenant.people.developer.id });
    await recordReapply(flow(), { ...place(), to: 'failed', result: 'It was changed at the same time' });
    await recordReapply(flow(), { ...place(), to: 'done', result: 'Nobody asked' });
    expect(await scan()).toMatchObject({ reapplyState: 'failed', reapplyResult: 'It was changed at the same time' });
    await reapplyDeployed(developer(), place());
    expect(await scan()).toMatchObject({ reapplyState: 'asked', reapplyResult: '' });
  });

  test('is refused while a deployment moves, and where nothing is left that nobody has adopted', async () => {
    await adoptDrift(developer(), { driftId: tenant.driftId, reason: 'For the sale' });
    expect(await endOf(reapplyDeployed(developer(), place()))).toBe('precondition');
    await disownDrift(developer(), { driftId: tenant.driftId });
    const activePlace = `${tenant.serviceId}/${tenant.developmentId}`;
    await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.succeededId } }, data: { activePlace } });
    expect(await endOf(reapplyDeployed(developer(), place()))).toBe('precondition');
  });

  test('is out of reach for viewers and for other tenants', async () => {
    expect(await endOf(reapplyDeployed(viewer(), place()))).toBe('forbidden');
    expect(await endOf(reapplyDeployed(as(other.people.developer, other.id), place()))).toBe('notFound');
    expect(await endOf(reapplyDeployed(developer(), { ...place(), targetId: `${other.developmentId}-eu` }))).toBe('notFound');
  });
});
