import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aRollout, actAs, createTestTenant, endOf, isWoken, recordedOf, systemActor, testId } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { actOnTarget, askForDeployment, cancelDeployment, previewDeployment, requestRollback } from './index.ts';

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
const toDevelopment = (over: object = {}) => ({
  serviceId: tenant.serviceId,
  environmentId: tenant.developmentId,
  artifactId: tenant.artifactId,
  ...over,
});
const find = (id: string) =>
  db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id } }, include: { targets: true } });
const setState = (id: string, state: string) =>
  db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id } }, data: { state } });

describe('askForDeployment', () => {
  test('makes a deployment that is prepared next, with its plan, event, audit entry and wake', async () => {
    const { deploymentId } = await askForDeployment(developer(), toDevelopment());
    const made = await find(deploymentId);
    expect(made).toMatchObject({ state: 'preparing', kind: 'deploy', invoker: 'person', requestedBy: tenant.people.developer.id });
    expect(made.plan).toMatchObject({ waves: [{ targets: [{ region: 'eu-west', releaseName: 'checkout' }] }] });
    expect(made.targets).toMatchObject([{ state: 'pending', wave: 0, region: 'eu-west' }]);
    expect(await recordedOf(db, tenant.id, 'deployment.ask')).toEqual({ auditCount: 1, eventTypes: ['deployment.changed'] });
    expect(await isWoken(db, 'deployment', deploymentId)).toBe(true);
  });

  test('is refused to viewers and to people of another tenant', async () => {
    for (const person of [tenant.people.viewer, other.people.admin])
      expect(await endOf(askForDeployment(as(person), toDevelopment()))).toBe('forbidden');
  });

  test('a service, environment or artifact of another tenant is unknown', async () => {
    for (const over of [{ serviceId: other.serviceId }, { environmentId: other.developmentId }, { artifactId: other.artifactId }])
      expect(await endOf(askForDeployment(developer(), toDevelopment(over)))).toBe('notFound');
  });

  test('an archived environment denies it with the reason', async () => {
    await db.prisma.environment.updateMany({ where: { tenantId: tenant.id, id: tenant.developmentId }, data: { archivedAt: new Date() } });
    await expect(askForDeployment(developer(), toDevelopment())).rejects.toThrow('is archived');
  });

  test('sent again with the same key it gives the same deployment, however many are sent at once', async () => {
    const asked = toDevelopment({ idempotencyKey: testId('request-key') });
    const answers = await Promise.all([1, 2, 3, 4].map(() => askForDeployment(developer(), asked)));
    const again = await askForDeployment(developer(), asked);
    for (const answer of answers) expect(answer).toEqual(again);
    expect((await recordedOf(db, tenant.id, 'deployment.ask')).auditCount).toBe(1);
    expect(await endOf(askForDeployment(developer(), { ...asked, artifactId: tenant.olderArtifactId }))).toBe('conflict');
    expect((await askForDeployment(as(tenant.people.admin), asked)).deploymentId).not.toBe(again.deploymentId);
  });

  test('two targets in two regions become two waves in the order of the environment', async () => {
    const clusterId = testId('cluster');
    await db.prisma.cluster.create({
      data: {
        id: clusterId,
        name: clusterId,
        region: 'us-east',
        connection: { server: 'https://c.test', caPem: '' },
        sealedCredential: 's',
      },
    });
    await db.prisma.target.create({
      data: {
        tenantId: tenant.id,
        id: testId('target'),
        environmentId: tenant.developmentId,
        region: 'us-east',
        clusterId,
        namespace: 'x',
      },
    });
    await db.prisma.environment.updateMany({
      where: { tenantId: tenant.id, id: tenant.developmentId },
      data: { waves: [['us-east'], ['eu-west']] },
    });
    const { deploymentId } = await askForDeployment(developer(), toDevelopment());
    expect((await find(deploymentId)).targets.toSorted((a, b) => a.wave - b.wave).map((target) => target.region)).toEqual([
      'us-east',
      'eu-west',
    ]);
  });

  test('by Flow itself it is an automation that nobody asked for', async () => {
    const { deploymentId } = await askForDeployment(
      actAs(db, tenant.id, systemActor),
      toDevelopment({ run: { id: tenant.runId, stageKey: 'deploy' } }),
    );
    expect(await find(deploymentId)).toMatchObject({ invoker: 'automation', requestedBy: null, runId: tenant.runId, stageKey: 'deploy' });
  });
});

describe('previewDeployment', () => {
  test('says what would be answered, and writes nothing', async () => {
    const toProduction = { serviceId: tenant.serviceId, environmentId: tenant.productionId };
    const verdict = await previewDeployment(as(tenant.people.viewer), toProduction);
    expect(verdict.kind).toBe('needsApprovals');
    expect(verdict.reasons.map((reason) => reason.rule)).toEqual(['production-approval', 'one-at-a-time']);
    expect((await previewDeployment(as(tenant.people.viewer), { ...toProduction, environmentId: tenant.developmentId })).kind).toBe(
      'allowed',
    );
    expect(await endOf(previewDeployment(as(tenant.people.viewer), { ...toProduction, serviceId: other.serviceId }))).toBe('notFound');
  });
});

describe('cancelDeployment', () => {
  test('withdraws what has not touched anything, once', async () => {
    const ends = await Promise.all([1, 2, 3].map(() => endOf(cancelDeployment(developer(), { deploymentId: tenant.waitingId }))));
    expect(ends.filter((end) => end === 'done')).toHaveLength(1);
    expect(ends.filter((end) => end === 'conflict' || end === 'precondition')).toHaveLength(2);
    expect(await find(tenant.waitingId)).toMatchObject({ requestedAction: 'cancel', requestedActionBy: tenant.people.developer.id });
    expect((await recordedOf(db, tenant.id, 'deployment.cancel')).auditCount).toBe(1);
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
  });

  test('what moves or has ended is refused, what is elsewhere is unknown, a viewer may not', async () => {
    expect(await endOf(cancelDeployment(developer(), { deploymentId: tenant.movingId }))).toBe('precondition');
    expect(await endOf(cancelDeployment(developer(), { deploymentId: tenant.succeededId }))).toBe('precondition');
    expect(await endOf(cancelDeployment(developer(), { deploymentId: other.waitingId }))).toBe('notFound');
    expect(await endOf(cancelDeployment(as(tenant.people.viewer), { deploymentId: tenant.waitingId }))).toBe('forbidden');
  });
});

describe('requestRollback', () => {
  test('a deployment that moves takes itself back', async () => {
    expect(await requestRollback(developer(), { deploymentId: tenant.movingId })).toEqual({ deploymentId: tenant.movingId, alsoIds: [] });
    expect(await find(tenant.movingId)).toMatchObject({ requestedAction: 'rollback' });
    expect(await recordedOf(db, tenant.id, 'deployment.rollback')).toEqual({ auditCount: 1, eventTypes: ['deployment.changed'] });
  });

  test('one that has succeeded is followed by a deployment of the version from before', async () => {
    const { deploymentId } = await requestRollback(developer(), { deploymentId: tenant.succeededId });
    expect(deploymentId).not.toBe(tenant.succeededId);
    expect(await find(deploymentId)).toMatchObject({ kind: 'rollback', artifactId: tenant.olderArtifactId, state: 'preparing' });
  });

  test('one that went on without a region that failed is followed by one too, and one that is healthy nowhere is not', async () => {
    await setState(tenant.succeededId, 'failed');
    const { deploymentId } = await requestRollback(developer(), { deploymentId: tenant.succeededId });
    expect(await find(deploymentId)).toMatchObject({ kind: 'rollback', artifactId: tenant.olderArtifactId });
    await db.prisma.targetDeployment.updateMany({ where: { deploymentId: tenant.succeededId }, data: { state: 'failed' } });
    expect(await endOf(requestRollback(developer(), { deploymentId: tenant.succeededId }))).toBe('precondition');
  });

  test('from what a later one has overtaken it is refused: it would skip what runs', async () => {
    const older = await db.prisma.deployment.findFirstOrThrow({
      where: { tenantId: tenant.id, artifactId: tenant.olderArtifactId, environmentId: tenant.developmentId, state: 'succeeded' },
    });
    await expect(requestRollback(developer(), { deploymentId: older.id })).rejects.toThrow(/A later deployment has succeeded there/);
  });

  test('leads to what was healthy there and to nothing new, whoever asks in whatever way', async () => {
    const place = { serviceId: tenant.serviceId, environmentId: tenant.developmentId, kind: 'rollback' } as const;
    await db.prisma.deployment.updateMany({
      where: { tenantId: tenant.id, artifactId: tenant.artifactId, environmentId: tenant.developmentId },
      data: { state: 'failed' },
    });
    await expect(askForDeployment(developer(), { ...place, artifactId: tenant.artifactId })).rejects.toThrow(/never healthy there/);
    const { deploymentId } = await askForDeployment(developer(), { ...place, artifactId: tenant.olderArtifactId });
    expect(await find(deploymentId)).toMatchObject({ kind: 'rollback', artifactId: tenant.olderArtifactId });
    expect(await endOf(askForDeployment(as(tenant.people.viewer), { ...place, artifactId: tenant.olderArtifactId }))).toBe('forbidden');
  });

  test('without a version from before, before anything was touched, or after it ended, it is refused', async () => {
    await db.prisma.deployment.deleteMany({
      where: { tenantId: tenant.id, artifactId: tenant.olderArtifactId, environmentId: tenant.developmentId },
    });
    expect(await endOf(requestRollback(developer(), { deploymentId: tenant.succeededId }))).toBe('precondition');
    expect(await endOf(requestRollback(developer(), { deploymentId: tenant.waitingId }))).toBe('precondition');
    await setState(tenant.movingId, 'failed');
    expect(await endOf(requestRollback(developer(), { deploymentId: tenant.movingId }))).toBe('precondition');
    expect(await endOf(requestRollback(developer(), { deploymentId: other.movingId }))).toBe('notFound');
    expect(await endOf(requestRollback(as(tenant.people.viewer), { deploymentId: tenant.movingId }))).toBe('forbidden');
  });
});

describe('actOnTarget', () => {
  const guard = { uid: 'rollout-uid', podHash: 'newhash', stepIndex: 1, pauseStartedAt: '2026-03-01T09:59:00Z' };
  const promote = (over: object = {}) => ({
    deploymentId: tenant.movingId,
    targetDeploymentId: tenant.movingTargetId,
    action: 'promote' as const,
    guard,
    ...over,
  });
  const observe = (over: Parameters<typeof aRollout>[0]) =>
    db.prisma.targetDeployment.updateMany({
      where: { tenantId: tenant.id, id: tenant.movingTargetId },
      data: { observed: aRollout({ deploymentId: tenant.movingId, ...over }) },
    });

  test('writes the intended action with the guard that was shown, its event, audit entry and wake', async () => {
    const { actionId } = await actOnTarget(developer(), promote());
    const action = await db.prisma.engineAction.findFirstOrThrow({ where: { id: actionId } });
    expect(action).toMatchObject({
      kind: 'rollout-promote',
      state: 'intended',
      requestedBy: tenant.people.developer.id,
      targetDeploymentId: tenant.movingTargetId,
    });
    expect(action.target).toMatchObject({ ...guard, name: 'checkout', namespace: 'ns' });
    expect(await recordedOf(db, tenant.id, 'deployment.promote')).toEqual({ auditCount: 1, eventTypes: ['target.changed'] });
    expect(await isWoken(db, 'deployment', tenant.movingId)).toBe(true);
  });

  test('of two people at the same instant one acts and the other is told', async () => {
    const people = [developer(), as(tenant.people.admin), as(tenant.people.releaseManager)];
    const ends = await Promise.all(
      people.map((ctx, index) => endOf(actOnTarget(ctx, promote({ action: index === 0 ? 'abort' : 'promote' })))),
    );
    expect(ends.toSorted()).toEqual(['conflict', 'conflict', 'done']);
    expect(await db.prisma.engineAction.count({ where: { tenantId: tenant.id } })).toBe(1);
  });

  test('a canary that has moved on since the person looked is left alone', async () => {
    for (const moved of [{ currentPodHash: 'newer' }, { uid: 'recreated' }, { stepIndex: 2 }]) {
      await observe(moved);
      expect(await endOf(actOnTarget(developer(), promote()))).toBe('conflict');
    }
    expect(await db.prisma.engineAction.count({ where: { tenantId: tenant.id } })).toBe(0);
  });

  test('what the state does not offer is refused', async () => {
    expect(await endOf(actOnTarget(developer(), promote({ action: 'resume' })))).toBe('precondition');
    expect(await endOf(actOnTarget(developer(), promote({ action: 'retry' })))).toBe('precondition');
    await observe({ deploymentId: 'another' });
    expect(await endOf(actOnTarget(developer(), promote()))).toBe('precondition');
  });

  test('viewers may not; targets of another tenant or another deployment are unknown', async () => {
    expect(await endOf(actOnTarget(as(tenant.people.viewer), promote()))).toBe('forbidden');
    expect(await endOf(actOnTarget(developer(), promote({ deploymentId: other.movingId, targetDeploymentId: other.movingTargetId })))).toBe(
      'notFound',
    );
    expect(await endOf(actOnTarget(developer(), promote({ deploymentId: tenant.succeededId })))).toBe('notFound');
    expect(await endOf(actOnTarget(actAs(db, tenant.id, systemActor), promote()))).toBe('forbidden');
  });
});
