import { deploymentState, plan } from '@flow/core/deployment';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askForDeployment } from '../deployment/index.ts';
import { archivePolicy, savePolicy } from '../policy/index.ts';
import { actAs, aRollout, aRule, createTestTenant, endOf, isWoken, systemActor, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { judgeDeployment } from '../verdict/index.ts';
import { foreseePromotions, pinService, promoteByRule, releasePin } from './index.ts';

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

/** 1.1.0 has run in development for 24 minutes, healthy; "Quiet", where nothing runs, comes right after it. */
beforeEach(async () => {
  tenant = await createTestTenant(db);
  await db.prisma.environment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.quietId } }, data: { position: 2 } });
  await observe('Healthy');
});

const after = (minutes: number): Date => new Date(worldNow.getTime() + minutes * 60_000);
const admin = () => actAs(db, tenant.id, tenant.people.admin.actor);
const developer = () => actAs(db, tenant.id, tenant.people.developer.actor);
const flow = (now = worldNow) => actAs(db, tenant.id, { actor: systemActor, now });
const promote = (now = worldNow) => promoteByRule(flow(now), { serviceId: tenant.serviceId });
const toQuiet = () => db.prisma.deployment.findMany({ where: { tenantId: tenant.id, environmentId: tenant.quietId } });

async function observe(phase: 'Healthy' | 'Degraded'): Promise<void> {
  const namespace = `dev-${tenant.id}`.slice(0, 60);
  const key = { tenantId: tenant.id, clusterId: tenant.clusterId, resource: 'rollouts', namespace, name: 'checkout' };
  const seen = { uid: 'u', resourceVersion: '1', release: 'checkout', view: JSON.parse(JSON.stringify(aRollout({ phase }))) };
  await db.prisma.observedObject.upsert({
    where: { tenantId_clusterId_resource_namespace_name: key },
    create: { ...key, ...seen },
    update: seen,
  });
}

function aPromotion(over: Parameters<typeof aRule>[1] = {}) {
  const document = { title: 'On to quiet', enforcement: 'enforce', scope: {}, fromId: tenant.developmentId, toId: tenant.quietId };
  return { kind: 'promotion' as const, document: { ...document, soakMinutes: 24, ...over } };
}

async function reasonsNow(now = worldNow) {
  const [promotion] = await foreseePromotions({ ...developer(), now }, { serviceId: tenant.serviceId });
  return promotion?.next.kind === 'waits' ? promotion.next.reasons.map(({ kind }) => kind) : promotion?.next.kind;
}

describe('what has soaked', () => {
  test('is asked for once, by automation and the name of the rule, however many decide it at once', async () => {
    const { policyId } = await savePolicy(admin(), aPromotion());
    await Promise.all([promote(), promote(), promote()]);
    expect(await toQuiet()).toMatchObject([
      { artifactId: tenant.artifactId, invoker: 'automation', promotionRuleId: policyId, kind: 'deploy' },
    ]);
    const audit = await db.prisma.auditEntry.findMany({ where: { tenantId: tenant.id, action: 'deployment.ask' } });
    expect(audit).toMatchObject([{ actorName: 'Flow (by the promotion rule On to quiet)' }]);
    expect(await promote()).toEqual({ deploymentIds: [], again: null });
  });

  test('is waited for until the very time, and no sooner', async () => {
    await savePolicy(admin(), aPromotion({ soakMinutes: 30 }));
    expect(await promote()).toEqual({ deploymentIds: [], again: after(6) });
    expect(await toQuiet()).toEqual([]);
    expect((await promote(after(6))).deploymentIds).toHaveLength(1);
  });

  test('is promoted by nothing that is switched off, archived, in shadow, or for other services', async () => {
    const { policyId } = await savePolicy(admin(), aPromotion());
    await archivePolicy(admin(), { policyId });
    await savePolicy(admin(), aPromotion({ enforcement: 'off' }));
    await savePolicy(admin(), aPromotion({ scope: { tiers: ['1'] } }));
    await savePolicy(admin(), aPromotion({ enforcement: 'shadow' }));
    expect(await promote()).toEqual({ deploymentIds: [], again: null });
    expect(await toQuiet()).toEqual([]);
    // In shadow it is told, and nothing comes of it.
    expect(await reasonsNow()).toBe('promotes');
  });

  test('waits while it is not healthy, or a person keeps the place above', async () => {
    await savePolicy(admin(), aPromotion());
    await observe('Degraded');
    expect(await reasonsNow()).toEqual(['degraded']);
    await observe('Healthy');
    const place = { serviceId: tenant.serviceId, environmentId: tenant.quietId };
    const kept = { kind: 'rollback', version: '1.0.0', reason: 'rolled back', placedBy: 'user:x', placedByName: 'X', placedAt: worldNow };
    await db.prisma.pin.create({
      data: { tenantId: tenant.id, id: 'kept', ...place, ...kept, openPlace: `${place.serviceId}/${place.environmentId}` },
    });
    expect(await reasonsNow()).toEqual(['pinned']);
    expect((await promote()).deploymentIds).toEqual([]);
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await releasePin(developer(), place);
    expect(await isWoken(db, 'promotion', tenant.serviceId)).toBe(true);
    expect((await promote()).deploymentIds).toHaveLength(1);
  });

  test('that the rules above refuse is not asked for, and it is said which', async () => {
    await savePolicy(admin(), aPromotion());
    const scope = { environmentIds: [tenant.quietId] };
    await savePolicy(admin(), { kind: 'rule', document: aRule([], { title: 'Never', scope, effect: { kind: 'block' } }) });
    expect(await promote()).toEqual({ deploymentIds: [], again: after(10) });
    expect(await reasonsNow()).toEqual(['refused']);
    expect(await db.prisma.auditEntry.count({ where: { tenantId: tenant.id, action: 'deployment.refuse' } })).toBe(0);
  });

  test('is promoted by the worker alone, and told to members', async () => {
    await savePolicy(admin(), aPromotion());
    expect(await endOf(promoteByRule(admin(), { serviceId: tenant.serviceId }))).toBe('forbidden');
    const other = await createTestTenant(db);
    const stranger = actAs(db, other.id, other.people.admin.actor);
    expect(await endOf(foreseePromotions(stranger, { serviceId: tenant.serviceId }))).toBe('notFound');
    expect(await foreseePromotions(actAs(db, tenant.id, tenant.people.viewer.actor), { serviceId: tenant.serviceId })).toHaveLength(1);
  });
});

describe('what soaks', () => {
  /** What the rules say of a deployment at this moment, as the worker asks it. */
  async function judge(id: string, now = worldNow) {
    const row = await db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id } } });
    const deployment = { ...row, state: deploymentState.parse(row.state), plan: plan.parse(row.plan), requestedByName: 'Somebody' };
    return (await judgeDeployment(db.prisma, tenant.id, { deployment: { ...deployment, workload: null, targets: [] }, now })).verdict;
  }

  const another = (ctx = flow()) =>
    askForDeployment(ctx, { serviceId: tenant.serviceId, environmentId: tenant.developmentId, artifactId: tenant.olderArtifactId });

  test('is not replaced by automation before its soak is over and it is promoted; a person may', async () => {
    await savePolicy(admin(), aPromotion({ soakMinutes: 60 }));
    const { deploymentId } = await another();
    expect(await judge(deploymentId)).toMatchObject({
      kind: 'heldUntil',
      until: after(36),
      reasons: [
        {
          rule: 'soaks',
          effect: 'hold',
          sentence: '1.1.0 runs in Development and soaks before it is promoted to Quiet: automation replaces it after that',
        },
      ],
    });
    const byPerson = await another(developer());
    expect((await judge(byPerson.deploymentId)).kind).toBe('allowed');

    // At the end of the soak both are due: the promotion comes first, and wakes what waits.
    expect(await judge(deploymentId, after(36))).toMatchObject({ kind: 'heldUntil', until: null, reasons: [{ rule: 'soaks' }] });
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await promote(after(36));
    expect(await isWoken(db, 'deployment', deploymentId)).toBe(true);
    expect((await judge(deploymentId, after(36))).kind).toBe('allowed');
  });

  test('is replaced where the rules above refuse it: it would wait for nothing', async () => {
    await savePolicy(admin(), aPromotion());
    const scope = { environmentIds: [tenant.quietId] };
    await savePolicy(admin(), { kind: 'rule', document: aRule([], { title: 'Never', scope, effect: { kind: 'block' } }) });
    const { deploymentId } = await another();
    expect((await judge(deploymentId)).kind).toBe('allowed');
  });

  test('in shadow holds nothing', async () => {
    await savePolicy(admin(), aPromotion({ soakMinutes: 60, enforcement: 'shadow' }));
    const { deploymentId } = await another();
    expect((await judge(deploymentId)).kind).toBe('allowed');
  });
});

describe('a promotion rule', () => {
  test('is looked at when it is saved, and when a pin comes', async () => {
    await savePolicy(admin(), aPromotion());
    expect(await isWoken(db, 'promotion', tenant.serviceId)).toBe(true);
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await pinService(developer(), { serviceId: tenant.serviceId, environmentId: tenant.developmentId, reason: 'A demo' });
    expect(await isWoken(db, 'promotion', tenant.serviceId)).toBe(true);
  });

  test('is refused with the field where its environments are not there or not next to each other, and to those who may not', async () => {
    const faults = async (over: object) =>
      savePolicy(admin(), aPromotion({ ...over })).then(
        () => [],
        (error: { fields?: readonly { path: string; message: string }[] }) =>
          (error.fields ?? []).map(({ path, message }) => `${path}: ${message}`),
      );
    const name = 'does not come right after Development on the promotion path';
    await db.prisma.environment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.quietId } }, data: { position: 3 } });
    expect(await faults({})).toEqual([`document.toId: ${name}`]);
    expect(await faults({ toId: tenant.developmentId })).toEqual(['document.toId: choose another environment than the one it comes from']);
    expect(await faults({ fromId: 'elsewhere' })).toEqual(['document.fromId: choose an environment']);
    expect(await faults({ soakMinutes: 'some' })).toEqual(['document.soakMinutes: whole minutes, at most 43,200 (30 days)']);
    const window = { zone: 'UTC', start: '2026-03-02T09:00', end: '2026-03-02T10:00', recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' };
    expect(await faults({ toId: tenant.productionId, window })).toEqual([
      'document.window.recurrence: it takes place never or always, or cannot be read',
    ]);
    expect(await endOf(savePolicy(developer(), aPromotion({ toId: tenant.productionId })))).toBe('forbidden');
  });
});
