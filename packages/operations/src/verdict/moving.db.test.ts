import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { savePolicy } from '../policy/index.ts';
import { actAs, createTestTenant, testId, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { judgeById } from './judge-by-id.ts';

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
const startedAt = new Date(worldNow.getTime() - 600_000);
beforeEach(async () => {
  tenant = await createTestTenant(db);
  await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: tenant.movingId } }, data: { startedAt } });
});

type Limit = Record<string, string | number>;
const limit = (run: Record<string, Limit | Limit[]>) =>
  savePolicy(actAs(db, tenant.id, tenant.people.admin.actor), {
    kind: 'guardrail',
    document: { title: 'Careful', scope: {}, enforcement: 'enforce', plan: {}, run },
  });
const judged = (now = worldNow) => judgeById(db.prisma, tenant.id, { deploymentId: tenant.movingId, now });
const measured = (podHash: string, ...values: readonly number[]) => {
  const measurements = values.map((value) => ({ at: worldNow.toISOString(), value, phase: 'Successful' }));
  const state = { phase: 'Running', message: '' } as const;
  const metric = { ...state, name: 'error-rate', successCondition: '', limit: null, failureLimit: 0, failed: 0, measurements };
  return [
    {
      ...state,
      uid: podHash,
      name: 'a',
      podHash,
      kind: 'background',
      stepIndex: null,
      startedAt: null,
      completedAt: null,
      metrics: [metric],
    },
  ];
};
const watch = (targetDeploymentId: string, ...values: readonly number[]) =>
  db.prisma.targetDeployment.update({
    where: { tenantId_id: { tenantId: tenant.id, id: targetDeploymentId } },
    data: { podHash: 'new', analyses: [...measured('old', 99), ...measured('new', ...values)] },
  });

describe('a limit on the metrics of the service', () => {
  test('takes back what measures too much in its newest value, of the new revision alone', async () => {
    await limit({ metrics: [{ metric: 'error-rate', of: 'service', max: 5, consequence: 'abort' }] });
    await watch(tenant.movingTargetId, 50, 4);
    expect((await judged()).inFlight).toEqual({ kind: 'go' });
    await watch(tenant.movingTargetId, 4, 7);
    expect((await judged()).inFlight).toEqual({
      kind: 'rollBack',
      sentence: expect.stringMatching(/^error-rate of Checkout in eu-west is 7; at most 5 is allowed \(Careful of /),
    });
  });
});

describe('a limit on the metrics of neighbours', () => {
  const neighbour = async (slug: string, environmentId: string, ...values: readonly number[]): Promise<void> => {
    const { id: tenantId, serviceId: from } = tenant;
    const service = await db.prisma.service.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: from } } });
    const deployment = await db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: tenant.movingId } } });
    const [serviceId, id] = [testId('service'), testId('deployment')];
    const { repositoryUrl } = service;
    await db.prisma.service.create({ data: { tenantId, id: serviceId, slug, name: slug, repositoryUrl, createdAt: worldNow } });
    const { artifactId, state, invoker } = deployment;
    const made = {
      state,
      invoker,
      plan: {},
      snapshot: {},
      snapshotHash: '',
      createdAt: worldNow,
      activePlace: `${serviceId}/${environmentId}`,
    };
    await db.prisma.deployment.create({ data: { tenantId, id, serviceId, environmentId, artifactId, ...made } });
    const place = { targetId: `${environmentId}-eu`, region: 'eu-west', clusterId: tenant.clusterId, namespace: 'ns', releaseName: slug };
    await db.prisma.targetDeployment.create({
      data: { tenantId, id: `${id}-target`, deploymentId: id, wave: 0, state: 'paused', ...place },
    });
    await watch(`${id}-target`, ...values);
  };
  beforeEach(async () => {
    await db.prisma.service.update({
      where: { tenantId_id: { tenantId: tenant.id, id: tenant.serviceId } },
      data: { dependsOn: ['payments'] },
    });
    await limit({ metrics: [{ metric: 'error-rate', of: 'neighbour', max: 5, consequence: 'hold' }] });
  });

  test('holds while a service that it calls measures too much, and names that service', async () => {
    await neighbour('payments', tenant.productionId, 8);
    expect((await judged()).inFlight).toMatchObject({
      kind: 'hold',
      sentence: expect.stringMatching(/^error-rate of payments in eu-west is 8; at most 5 is allowed/),
    });
  });

  test('does not look at a service that it has nothing to do with, nor at another environment', async () => {
    await neighbour('search', tenant.productionId, 8);
    await neighbour('payments', tenant.developmentId, 8);
    expect((await judged()).inFlight).toEqual({ kind: 'go' });
  });
});

test('more regions that failed than may fail take it back, and are named', async () => {
  await limit({ failedRegionsMax: { count: 0, consequence: 'abort' } });
  expect((await judged()).inFlight).toEqual({ kind: 'go' });
  await db.prisma.targetDeployment.update({
    where: { tenantId_id: { tenantId: tenant.id, id: tenant.movingTargetId } },
    data: { state: 'failed' },
  });
  expect((await judged()).inFlight).toMatchObject({
    kind: 'rollBack',
    sentence: expect.stringMatching(/^It failed in 1 regions \(eu-west\)/),
  });
});

test('what takes too long is held from the second after its time, and is looked at again then', async () => {
  await limit({ durationMaxSeconds: { count: 900, consequence: 'hold' } });
  const over = new Date(startedAt.getTime() + 901_000);
  expect(await judged()).toMatchObject({ inFlight: { kind: 'go' }, lookAgainAt: over });
  expect((await judged(over)).inFlight).toMatchObject({
    kind: 'hold',
    sentence: expect.stringMatching(/^It has taken 901 s; at most 900 s are allowed/),
  });
});
