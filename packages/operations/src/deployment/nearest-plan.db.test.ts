import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { explainRequest } from '../explanation/index.ts';
import { savePolicy } from '../policy/index.ts';
import { actAs, createTestTenant, endOf, testId } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { askForDeployment, findNearestPlan } from './index.ts';

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

const as = (role: keyof TestTenant['people']) => actAs(db, tenant.id, tenant.people[role].actor);
const toDevelopment = (over: object = {}) => ({
  serviceId: tenant.serviceId,
  environmentId: tenant.developmentId,
  artifactId: tenant.artifactId,
  ...over,
});
const saveGuardrail = (plan: Readonly<Record<string, number | boolean>>, of: { policyId: string; seenRevision: number } | object = {}) =>
  savePolicy(as('admin'), {
    kind: 'guardrail',
    document: { title: 'Careful', scope: {}, enforcement: 'enforce', plan: { ...plan } },
    ...of,
  });
const planOf = async (deploymentId: string) =>
  (await db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id: deploymentId } } })).plan;

test('a refused plan comes with the nearest one that passes and its cost, and is deployed by it in one step', async () => {
  await saveGuardrail({ firstStepMaxPercent: 10, stepSoakMinSeconds: 120 });
  expect(await endOf(askForDeployment(as('developer'), toDevelopment()))).toBe('precondition');
  const { nearestPlan, text, verdict } = await explainRequest(as('developer'), toDevelopment());
  expect(verdict.kind).toBe('denied');
  expect(nearestPlan).toMatchObject({ isEnough: true, addedSeconds: 120, remaining: [] });
  expect(nearestPlan?.changes).toEqual([expect.stringContaining('Steps: 10%, 120 s, 20%, wait for a person')]);
  expect(text[1]).toBe('The nearest plan that passes, 120 s longer at least:');
  const asked = toDevelopment({ nearestPlanHash: nearestPlan?.planHash, idempotencyKey: testId('request-key') });
  const { deploymentId } = await askForDeployment(as('developer'), asked);
  expect(await planOf(deploymentId)).toEqual(nearestPlan?.plan);
  expect(await askForDeployment(as('developer'), asked)).toEqual({ deploymentId });
  const entry = await db.prisma.auditEntry.findFirstOrThrow({ where: { tenantId: tenant.id, action: 'deployment.ask' } });
  expect(entry.summary).toContain('by the nearest plan that passes: Steps: 10%, 120 s');
});

test('a plan that has become another since it was shown is not gone by', async () => {
  const { policyId } = await saveGuardrail({ firstStepMaxPercent: 10 });
  const { nearestPlan } = await explainRequest(as('developer'), toDevelopment());
  await saveGuardrail({ firstStepMaxPercent: 5 }, { policyId, seenRevision: 1 });
  const byOldPlan = toDevelopment({ nearestPlanHash: nearestPlan?.planHash });
  expect(await endOf(askForDeployment(as('developer'), byOldPlan))).toBe('conflict');
  await saveGuardrail({}, { policyId, seenRevision: 2 });
  expect(await endOf(askForDeployment(as('developer'), byOldPlan))).toBe('conflict');
  expect(await endOf(askForDeployment(as('viewer'), byOldPlan))).toBe('forbidden');
});

test('what refuses it beside the plan refuses it by the nearest plan too', async () => {
  await saveGuardrail({ firstStepMaxPercent: 10 });
  const rule = { title: 'Closed', scope: {}, appliesTo: {}, enforcement: 'enforce', effect: { kind: 'block' } };
  await savePolicy(as('admin'), { kind: 'rule', document: { ...rule, condition: { kind: 'expression', source: 'true' } } });
  const { nearestPlan } = await explainRequest(as('developer'), toDevelopment());
  expect(nearestPlan?.isEnough).toBe(false);
  expect(await endOf(askForDeployment(as('developer'), toDevelopment({ nearestPlanHash: nearestPlan?.planHash })))).toBe('precondition');
});

test('a deployment that was refused tells its nearest plan; one that was not has none, and one of another tenant is unknown', async () => {
  await saveGuardrail({ firstStepMaxPercent: 10 });
  const refusedId = tenant.waitingId;
  expect(await findNearestPlan(as('viewer'), { deploymentId: refusedId })).toBeNull();
  await db.prisma.deployment.update({ where: { tenantId_id: { tenantId: tenant.id, id: refusedId } }, data: { state: 'rejected' } });
  expect(await findNearestPlan(as('viewer'), { deploymentId: refusedId })).toMatchObject({ isEnough: true });
  expect(await endOf(findNearestPlan(as('viewer'), { deploymentId: other.waitingId }))).toBe('notFound');
  expect(await endOf(findNearestPlan(actAs(db, tenant.id, other.people.admin.actor), { deploymentId: refusedId }))).toBe('forbidden');
});
