import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { deploymentState, plan } from '@flow/core/deployment';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askForDeployment, previewDeployment, requestRollback } from '../deployment/index.ts';
import { savePolicy } from '../policy/index.ts';
import { actAs, aRule, createTestTenant, endOf, isWoken, recordedOf, systemActor } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { judgeDeployment } from '../verdict/index.ts';
import { pinService, quarantineArtifact, releasePin, releaseQuarantine } from './index.ts';

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
const manager = () => as(tenant.people.releaseManager);
const flow = () => actAs(db, tenant.id, systemActor);
const toQuiet = (over: object = {}) => ({
  serviceId: tenant.serviceId,
  environmentId: tenant.quietId,
  artifactId: tenant.artifactId,
  ...over,
});
const bad = (over: object = {}) => ({ artifactId: tenant.artifactId, reason: 'It loses orders', ...over });

/** What the rules say of a deployment at this moment, as the worker asks it. */
async function judge(id: string) {
  const row = await db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id } } });
  const deployment = { ...row, state: deploymentState.parse(row.state), plan: plan.parse(row.plan), requestedByName: 'Somebody' };
  return judgeDeployment(db.prisma, tenant.id, { deployment: { ...deployment, workload: null, targets: [] }, now: developer().now });
}

describe('quarantine', () => {
  test('of what runs leaves no good version to go back to, which rules ask for', async () => {
    const source = 'targets.exists(t, t.hasRelease && !t.lastGoodKnown)';
    const document = aRule([], { title: 'No way back', effect: { kind: 'hold' }, condition: { kind: 'expression', source } });
    await savePolicy(as(tenant.people.admin), { kind: 'rule', document });
    const reasons = async () =>
      (await previewDeployment(developer(), toQuiet({ environmentId: tenant.developmentId, artifactId: tenant.olderArtifactId }))).reasons;
    expect(JSON.stringify(await reasons())).not.toContain('No way back');
    await quarantineArtifact(developer(), bad());
    expect(JSON.stringify(await reasons())).toContain('No way back');
  });

  test('stops what is asked for, by person and automation, forward and back, with who said why', async () => {
    await quarantineArtifact(developer(), bad());
    expect(await recordedOf(db, tenant.id, 'artifact.quarantine')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
    for (const ctx of [developer(), flow()])
      for (const kind of ['deploy', 'rollback']) expect(await endOf(askForDeployment(ctx, toQuiet({ kind })))).toBe('precondition');
    await expect(askForDeployment(developer(), toQuiet())).rejects.toThrow('It loses orders');
    expect(await previewDeployment(developer(), toQuiet())).toMatchObject({ kind: 'denied', reasons: [{ rule: 'artifact-quarantined' }] });
    // Another digest goes on as before.
    expect(await endOf(askForDeployment(developer(), toQuiet({ artifactId: tenant.olderArtifactId })))).toBe('done');
  });

  test('goes by digest: the same image under another version and in another service goes nowhere either', async () => {
    const { digest } = await db.prisma.artifact.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: tenant.id, id: tenant.artifactId } },
    });
    const service = { slug: 'orders', name: 'Orders', repositoryUrl: 'https://git.test/o.git' };
    await db.prisma.service.create({ data: { tenantId: tenant.id, id: 'orders', ...service } });
    const artifact = { serviceId: 'orders', version: '7.0.0', repository: 'r', commitSha: 'e'.repeat(40), chartVersion: '1.0.0' };
    await db.prisma.artifact.create({ data: { tenantId: tenant.id, id: 'same-image', digest, ...artifact } });
    await quarantineArtifact(developer(), bad());
    expect(await endOf(askForDeployment(developer(), toQuiet({ serviceId: 'orders', artifactId: 'same-image' })))).toBe('precondition');
  });

  test('what waits with it is denied and woken, and what moves with it goes back', async () => {
    await quarantineArtifact(developer(), bad());
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
    expect((await judge(tenant.waitingId)).verdict.kind).toBe('denied');
    await quarantineArtifact(developer(), bad({ artifactId: tenant.olderArtifactId, reason: 'It leaks' }));
    expect(await isWoken(db, 'deployment', tenant.movingId)).toBe(true);
    const startedAt = developer().now;
    await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.movingId } }, data: { startedAt } });
    expect((await judge(tenant.movingId)).inFlight).toMatchObject({ kind: 'rollBack', sentence: expect.stringContaining('It leaks') });
  });

  test('is passed over by the way back', async () => {
    await quarantineArtifact(developer(), bad({ artifactId: tenant.olderArtifactId }));
    await expect(requestRollback(developer(), { deploymentId: tenant.succeededId })).rejects.toThrow('No other version');
    await releaseQuarantine(manager(), bad({ artifactId: tenant.olderArtifactId }));
    expect(await endOf(requestRollback(developer(), { deploymentId: tenant.succeededId }))).toBe('done');
  });

  test('is released with a reason by those who decide about releases, and then it goes again', async () => {
    await quarantineArtifact(developer(), bad());
    expect(await endOf(releaseQuarantine(developer(), bad()))).toBe('forbidden');
    expect(await endOf(releaseQuarantine(manager(), bad({ reason: ' ' })))).toBe('invalid');
    await releaseQuarantine(manager(), bad({ reason: 'It was the database' }));
    expect((await recordedOf(db, tenant.id, 'artifact.release')).auditCount).toBe(1);
    expect(await endOf(askForDeployment(developer(), toQuiet()))).toBe('done');
    expect(await endOf(releaseQuarantine(manager(), bad()))).toBe('precondition');
  });

  test('is refused to viewers, of another tenant it is unknown, and of several at once one is placed', async () => {
    expect(await endOf(quarantineArtifact(as(tenant.people.viewer), bad()))).toBe('forbidden');
    expect(await endOf(quarantineArtifact(as(other.people.admin), bad()))).toBe('forbidden');
    expect(await endOf(quarantineArtifact(as(other.people.admin, other.id), bad()))).toBe('notFound');
    const ends = await Promise.all([1, 2, 3].map(() => endOf(quarantineArtifact(developer(), bad()))));
    expect(ends.toSorted()).toEqual(['conflict', 'conflict', 'done']);
    // Another tenant with the same image decides for itself.
    expect(
      await endOf(
        askForDeployment(as(other.people.developer, other.id), {
          ...toQuiet(),
          serviceId: other.serviceId,
          environmentId: other.quietId,
          artifactId: other.artifactId,
        }),
      ),
    ).toBe('done');
  });
});

describe('a pin', () => {
  const inDevelopment = (over: object = {}) => ({
    serviceId: tenant.serviceId,
    environmentId: tenant.developmentId,
    reason: 'A demo',
    ...over,
  });
  const older = () => toQuiet({ environmentId: tenant.developmentId, artifactId: tenant.olderArtifactId });

  test('holds what automation asks for until it is released, and only tells people', async () => {
    await pinService(developer(), inDevelopment());
    expect(await recordedOf(db, tenant.id, 'deployment.pin')).toEqual({ auditCount: 1, eventTypes: ['service.changed'] });
    const { deploymentId } = await askForDeployment(flow(), older());
    expect((await judge(deploymentId)).verdict).toMatchObject({ kind: 'heldUntil', reasons: [{ rule: 'pinned', effect: 'hold' }] });
    expect(await previewDeployment(developer(), older())).toMatchObject({ kind: 'allowed', reasons: [{ rule: 'pinned', effect: 'note' }] });
    await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: deploymentId } }, data: { state: 'held' } });
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await releasePin(developer(), { serviceId: tenant.serviceId, environmentId: tenant.developmentId });
    expect(await isWoken(db, 'deployment', deploymentId)).toBe(true);
    expect((await judge(deploymentId)).verdict.reasons.map(({ rule }) => rule)).not.toContain('pinned');
  });

  test('does not hold what the place is pinned to', async () => {
    await pinService(developer(), inDevelopment());
    const { deploymentId } = await askForDeployment(flow(), toQuiet({ environmentId: tenant.developmentId }));
    expect((await judge(deploymentId)).verdict.reasons.map(({ rule }) => rule)).not.toContain('pinned');
  });

  test('is left by a person who goes back, and by nobody else', async () => {
    await requestRollback(developer(), { deploymentId: tenant.succeededId });
    const pins = await db.prisma.pin.findMany({
      where: { tenantId: tenant.id, openPlace: { not: null }, environmentId: tenant.developmentId },
    });
    expect(pins).toMatchObject([
      { kind: 'rollback', artifactId: tenant.olderArtifactId, version: '1.0.0', placedByName: tenant.people.developer.actor.name },
    ]);
    const { deploymentId } = await askForDeployment(flow(), toQuiet({ environmentId: tenant.developmentId }));
    expect((await judge(deploymentId)).verdict.reasons[0]).toMatchObject({ rule: 'pinned', effect: 'hold' });

    const earlier = await askForDeployment(flow(), toQuiet({}));
    await db.prisma.deployment.update({
      where: { tenantId_id: { tenantId: tenant.id, id: earlier.deploymentId } },
      data: { state: 'succeeded' },
    });
    await askForDeployment(flow(), toQuiet({ kind: 'rollback' }));
    expect(await db.prisma.pin.count({ where: { tenantId: tenant.id, environmentId: tenant.quietId } })).toBe(0);
  });

  test('is left by a person who takes back what still moves', async () => {
    await requestRollback(developer(), { deploymentId: tenant.movingId });
    const pins = await db.prisma.pin.findMany({ where: { tenantId: tenant.id, environmentId: tenant.productionId } });
    expect(pins).toMatchObject([{ kind: 'rollback', version: 'what ran before', openPlace: `${tenant.serviceId}/${tenant.productionId}` }]);
  });

  test('is placed once, where something runs, by those who may deploy', async () => {
    expect(await endOf(pinService(as(tenant.people.viewer), inDevelopment()))).toBe('forbidden');
    expect(await endOf(pinService(developer(), inDevelopment({ environmentId: tenant.quietId })))).toBe('precondition');
    expect(await endOf(pinService(developer(), inDevelopment({ environmentId: other.developmentId })))).toBe('notFound');
    const ends = await Promise.all([1, 2, 3].map(() => endOf(pinService(developer(), inDevelopment()))));
    expect(ends.toSorted()).toEqual(['conflict', 'conflict', 'done']);
    const place = { serviceId: tenant.serviceId, environmentId: tenant.developmentId };
    expect(await endOf(releasePin(as(tenant.people.viewer), place))).toBe('forbidden');
    expect(await endOf(releasePin(developer(), place))).toBe('done');
    expect(await endOf(releasePin(developer(), place))).toBe('precondition');
  });
});
