import { deploymentState, plan } from '@flow/core/deployment';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { loadForDecision } from '@flow/db/deployment';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { findRegionsBehind, findWayBackSubject } from '@flow/db/way-back';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { savePolicy } from '../policy/index.ts';
import { actAs, aRule, createTestTenant, endOf, systemActor, testId, worldNow } from '../testing/index.ts';
import { digestOf } from '../testing/snapshot.ts';
import type { TestTenant } from '../testing/index.ts';
import { quarantineArtifact } from '../promotion/index.ts';
import { judgeDeployment } from '../verdict/index.ts';
import { askForDeployment, catchUpRegion, requestRollback } from './index.ts';

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

/** In eu 1.0.0 and then 1.1.0 were healthy, in us, which 1.1.0 skipped, 1.0.0 alone; 1.2.0 runs in both now. */
let badId: string;
const eu = () => `${tenant.developmentId}-eu`;
const us = () => `${tenant.developmentId}-us`;
beforeEach(async () => {
  tenant = await createTestTenant(db);
  const key = { tenantId_id: { tenantId: tenant.id, id: eu() } };
  const { values: _values, ...there } = await db.prisma.target.findUniqueOrThrow({ where: key });
  await db.prisma.target.create({ data: { ...there, id: us(), region: 'us-east', namespace: 'ns-us' } });
  await add(tenant.olderArtifactId, [us()], 40);
  const older = { tenantId_id: { tenantId: tenant.id, id: tenant.olderArtifactId } };
  const like = await db.prisma.artifact.findUniqueOrThrow({ where: older });
  const bad = { id: testId('artifact'), version: '1.2.0', digest: digestOf('c'), createdAt: worldNow };
  const { id } = await db.prisma.artifact.create({ data: { ...like, attestations: [], ...bad } });
  badId = await add(id, [eu(), us()], 5);
});

/** A deployment that was healthy in these targets, so many minutes ago. */
async function add(artifactId: string, targetIds: readonly string[], minutes: number): Promise<string> {
  const like = { tenantId_id: { tenantId: tenant.id, id: tenant.succeededId } };
  const {
    id: _id,
    plan: planned,
    snapshot: _snapshot,
    verdict: _verdict,
    ...row
  } = await db.prisma.deployment.findUniqueOrThrow({ where: like });
  const id = testId('deployment');
  const made = {
    ...row,
    id,
    artifactId,
    createdAt: new Date(worldNow.getTime() - minutes * 60_000),
    snapshot: {},
    plan: plan.parse(planned),
  };
  await db.prisma.deployment.create({ data: made });
  const at = { tenantId: tenant.id, deploymentId: id, clusterId: tenant.clusterId, namespace: 'ns', releaseName: tenant.serviceSlug };
  for (const targetId of targetIds)
    await db.prisma.targetDeployment.create({
      data: { ...at, id: testId('target'), targetId, region: targetId === eu() ? 'eu-west' : 'us-east', wave: 0, state: 'healthy' },
    });
  return id;
}

const developer = () => actAs(db, tenant.id, tenant.people.developer.actor);
const admin = () => actAs(db, tenant.id, tenant.people.admin.actor);
const askedFor = () =>
  db.prisma.deployment.findMany({
    where: { tenantId: tenant.id, kind: 'rollback' },
    select: { id: true, artifactId: true, plan: true, targets: { select: { targetId: true } } },
  });
const setTarget = (deploymentId: string, targetId: string, state: string) =>
  db.prisma.targetDeployment.updateMany({ where: { tenantId: tenant.id, deploymentId, targetId }, data: { state } });

async function judge(id: string) {
  const row = await db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id } } });
  const read = { ...row, state: deploymentState.parse(row.state), plan: plan.parse(row.plan), requestedByName: 'Somebody' };
  return (await judgeDeployment(db.prisma, tenant.id, { deployment: { ...read, workload: null, targets: [] }, now: worldNow })).verdict;
}

describe('a rollback of all regions', () => {
  test('takes each region back to its own last good version, by one click, at once and past the canary', async () => {
    const { deploymentId, alsoIds } = await requestRollback(developer(), { deploymentId: badId, idempotencyKey: 'back-again' });
    const asked = await askedFor();
    expect(asked.map(({ id }) => id).toSorted()).toEqual([deploymentId, ...alsoIds].toSorted());
    const byTarget = asked.flatMap(({ artifactId, targets }) => targets.map(({ targetId }) => [targetId, artifactId] as const));
    expect(byTarget).toHaveLength(2);
    expect(new Map(byTarget)).toEqual(
      new Map([
        [eu(), tenant.artifactId],
        [us(), tenant.olderArtifactId],
      ]),
    );
    for (const one of asked)
      expect(one.plan).toMatchObject({ bakeTimeSeconds: 0, strategy: { steps: [] }, progression: { onFailure: { kind: 'goOn' } } });
    // They go to other regions: neither takes the other's place.
    for (const { id } of asked) expect((await loadForDecision(db, tenant.id, id))?.newerDeploymentId).toBeNull();
    expect(await db.prisma.pin.count({ where: { tenantId: tenant.id, openPlace: `${tenant.serviceId}/${tenant.developmentId}` } })).toBe(1);
  });

  test('goes by one deployment after the other where versions differ, since one alone moves in a place', async () => {
    const { deploymentId, alsoIds } = await requestRollback(developer(), { deploymentId: badId });
    const [second = ''] = alsoIds;
    expect(await judge(second)).toMatchObject({ kind: 'allowed' });
    const first = { tenantId_id: { tenantId: tenant.id, id: deploymentId } };
    const activePlace = `${tenant.serviceId}/${tenant.developmentId}`;
    await db.prisma.deployment.update({ where: first, data: { state: 'deploying', activePlace } });
    expect(await judge(second)).toMatchObject({ kind: 'heldUntil' });
    await db.prisma.deployment.update({ where: first, data: { state: 'succeeded', activePlace: null } });
    expect(await judge(second)).toMatchObject({ kind: 'allowed' });
  });

  test('goes by one deployment where all regions go back to the same version', async () => {
    await add(tenant.artifactId, [us()], 20);
    const { alsoIds } = await requestRollback(developer(), { deploymentId: badId });
    expect(alsoIds).toEqual([]);
    expect(await askedFor()).toMatchObject([{ artifactId: tenant.artifactId, plan: { waves: [{ targets: [{}, {}] }] } }]);
  });

  test('leaves a region alone that went back already, or where a later deployment is healthy, and never goes to what is in quarantine', async () => {
    await setTarget(badId, us(), 'rolledBack');
    await quarantineArtifact(developer(), { artifactId: tenant.artifactId, reason: 'It leaks' });
    await requestRollback(developer(), { deploymentId: badId });
    expect(await askedFor()).toMatchObject([{ artifactId: tenant.olderArtifactId, targets: [{ targetId: eu() }] }]);
    await setTarget(badId, us(), 'healthy');
    await add(tenant.olderArtifactId, [eu(), us()], 1);
    await expect(requestRollback(developer(), { deploymentId: badId })).rejects.toThrow(/A later deployment has succeeded there/);
  });

  test('is held by no rule but those marked so, and then for all regions or none', async () => {
    const scope = { environmentIds: [tenant.developmentId] };
    const block = { title: 'Never', scope, effect: { kind: 'block' } };
    await savePolicy(admin(), { kind: 'rule', document: aRule([], block) });
    await requestRollback(developer(), { deploymentId: badId });
    expect(await askedFor()).toHaveLength(2);
    await db.prisma.deployment.deleteMany({ where: { tenantId: tenant.id, kind: 'rollback' } });
    await savePolicy(admin(), { kind: 'rule', document: aRule([], { ...block, appliesTo: { actions: ['rollback'] } }) });
    expect(await endOf(requestRollback(developer(), { deploymentId: badId }))).toBe('precondition');
    expect(await askedFor()).toEqual([]);
  });

  test('is what was shown, or nothing', async () => {
    const shown = [
      { targetId: eu(), artifactId: tenant.artifactId },
      { targetId: us(), artifactId: tenant.artifactId },
    ];
    expect(await endOf(requestRollback(developer(), { deploymentId: badId, shown }))).toBe('conflict');
    expect(await askedFor()).toEqual([]);
    const right = shown.map((one) => (one.targetId === us() ? { ...one, artifactId: tenant.olderArtifactId } : one));
    await requestRollback(developer(), { deploymentId: badId, shown: right });
    expect(await askedFor()).toHaveLength(2);
  });

  test('that is asked for again with the same key has the same answer, also when it has succeeded since; another one needs another key', async () => {
    const idempotencyKey = testId('request-key');
    const first = await requestRollback(developer(), { deploymentId: badId, idempotencyKey });
    for (const id of [first.deploymentId, ...first.alsoIds]) {
      await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id } }, data: { state: 'succeeded' } });
      await db.prisma.targetDeployment.updateMany({ where: { tenantId: tenant.id, deploymentId: id }, data: { state: 'healthy' } });
    }
    expect(await requestRollback(developer(), { deploymentId: badId, idempotencyKey })).toEqual(first);
    const { deploymentId } = await askForDeployment(developer(), {
      serviceId: tenant.serviceId,
      environmentId: tenant.quietId,
      artifactId: tenant.artifactId,
      idempotencyKey: `${idempotencyKey}-other`,
    });
    await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: deploymentId } }, data: { state: 'cancelled' } });
    expect(await endOf(requestRollback(developer(), { deploymentId: badId, idempotencyKey: `${idempotencyKey}-other` }))).toBe('conflict');
    expect(await endOf(requestRollback(developer(), { deploymentId: badId, idempotencyKey: testId('request-key') }))).toBe('precondition');
  });

  test('is for those who may go back, in their own tenant', async () => {
    expect(await endOf(requestRollback(actAs(db, tenant.id, tenant.people.viewer.actor), { deploymentId: badId }))).toBe('forbidden');
    const other = await createTestTenant(db);
    expect(await endOf(requestRollback(actAs(db, other.id, other.people.developer.actor), { deploymentId: badId }))).toBe('notFound');
    expect(await findRegionsBehind(db.prisma, other.id, badId)).toEqual([]);
  });
});

test('what waits for these regions is overtaken by a way back, and what waits for others is not', async () => {
  const place = { serviceId: tenant.serviceId, environmentId: tenant.developmentId, artifactId: tenant.artifactId };
  const waiting = await askForDeployment({ ...developer(), now: new Date(worldNow.getTime() - 1_000) }, { ...place, targetIds: [us()] });
  await setTarget(badId, us(), 'skipped');
  await requestRollback(developer(), { deploymentId: badId });
  expect((await loadForDecision(db, tenant.id, waiting.deploymentId))?.newerDeploymentId).toBeNull();
  const { deploymentId } = await askForDeployment({ ...developer(), now: new Date(worldNow.getTime() + 1_000) }, place);
  expect((await loadForDecision(db, tenant.id, waiting.deploymentId))?.newerDeploymentId).toBe(deploymentId);
});

test('what has skipped a region is not caught up there any more once somebody goes back from it', async () => {
  const there = { tenantId: tenant.id, deploymentId: badId, targetId: us() };
  await db.prisma.targetDeployment.updateMany({ where: there, data: { state: 'skipped', catchUp: 'waiting' } });
  const { id: targetDeploymentId } = await db.prisma.targetDeployment.findFirstOrThrow({ where: there });
  await requestRollback(developer(), { deploymentId: badId });
  expect(await askedFor()).toMatchObject([{ artifactId: tenant.artifactId, targets: [{ targetId: eu() }] }]);
  expect(await catchUpRegion(actAs(db, tenant.id, systemActor), { targetDeploymentId })).toEqual({ kind: 'ended' });
  expect(await db.prisma.targetDeployment.findFirst({ where: there })).toMatchObject({ catchUp: 'dropped' });
});

test('the light of the way back looks at the version that was healthy in this very region', async () => {
  const running = { environmentId: tenant.developmentId, deploymentId: badId, artifactId: 'x', version: '1.2.0', digest: digestOf('c') };
  const where = {
    tenantId: tenant.id,
    serviceId: tenant.serviceId,
    region: 'us-east',
    targetId: us(),
    releaseRevision: 2,
    since: worldNow,
  };
  await db.prisma.runningVersion.create({ data: { ...running, ...where } });
  const subject = await findWayBackSubject(db.prisma, tenant.id, { serviceId: tenant.serviceId, targetId: us() });
  expect(subject?.previous?.artifact.id).toBe(tenant.olderArtifactId);
});
