import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { saveKeptVerdict } from '@flow/db/verdict';
import { savePolicy } from '../policy/index.ts';
import { actAs, aRule, createTestTenant, endOf, someFacts, testId, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { foreseeDraft, foreseeRequest, foreseeWaiting } from './index.ts';

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
const inSeconds = (seconds: number): Date => new Date(worldNow.getTime() + seconds * 1_000);
const to = (environmentId: string) => ({ serviceId: tenant.serviceId, environmentId, artifactId: tenant.artifactId });
const sawTargets = (startedAt: Date, finishedAt: Date, progress: object[]) =>
  db.prisma.targetDeployment.updateMany({
    where: { tenantId: tenant.id, state: 'healthy' },
    data: { startedAt, finishedAt, progress: JSON.parse(JSON.stringify(progress)) },
  });

test('what was seen in the place tells how long it will take; what was not is assumed', async () => {
  const at = (seconds: number, step: object | null) => ({ at: inSeconds(seconds), stepIndex: 0, step, weight: 20 });
  await sawTargets(inSeconds(0), inSeconds(200), [
    at(20, { kind: 'weight', percent: 20 }),
    at(25, { kind: 'pause' }),
    at(125, { kind: 'weight', percent: 100 }),
    at(130, null),
  ]);
  const found = await foreseeRequest(as('viewer'), to(tenant.developmentId));
  expect(found).toMatchObject({ outcome: 'arrives', isByNearestPlan: false, approvedAt: null });
  expect(found.usual).toMatchObject({ person: { seconds: 100, sampleCount: 2 }, approval: { sampleCount: 0 } });
  const [wave] = found.waves;
  expect(wave?.parts.map(({ kind, fromAt, untilAt }) => [kind, (untilAt.getTime() - fromAt.getTime()) / 1_000])).toEqual([
    ['apply', 20],
    ['weight', 5],
    ['person', 100],
    ['weight', 5],
    ['finish', 70],
  ]);
});

test('a deployment that waits for people and for another one is foreseen after both', async () => {
  const found = await foreseeWaiting(as('viewer'), { deploymentId: tenant.waitingId });
  expect(found?.holds.map(({ source, wave }) => [source, wave])).toEqual([
    ['builtIn', 0],
    ['builtIn', 0],
  ]);
  // It was asked for nine minutes ago, and an hour is assumed.
  expect(found?.approvedAt).toEqual(inSeconds(51 * 60));
  expect(found?.startAt).toEqual(found?.approvedAt);
});

test('where the plan is refused it is foreseen by the nearest one that passes', async () => {
  await savePolicy(as('admin'), {
    kind: 'guardrail',
    document: { title: 'Careful', scope: {}, enforcement: 'enforce', plan: { firstStepMaxPercent: 10 } },
  });
  const found = await foreseeRequest(as('viewer'), to(tenant.developmentId));
  expect(found).toMatchObject({ outcome: 'arrives', isByNearestPlan: true });
});

test('what has begun or ended is not foreseen, what is elsewhere is unknown', async () => {
  expect(await foreseeWaiting(as('viewer'), { deploymentId: tenant.succeededId })).toBeNull();
  expect(await endOf(foreseeWaiting(as('viewer'), { deploymentId: other.waitingId }))).toBe('notFound');
  expect(await endOf(foreseeRequest(as('viewer'), { ...to(tenant.developmentId), serviceId: other.serviceId }))).toBe('notFound');
  expect(await endOf(foreseeRequest(actAs(db, tenant.id, other.people.admin.actor), to(tenant.developmentId)))).toBe('forbidden');
});

test('a draft tells how many usual deployments it will hold, of whom, before it has a title', async () => {
  for (const daysAgo of [1, 7, 14, 40])
    await saveKeptVerdict(db.prisma, tenant.id, {
      id: testId('verdict'),
      moment: 'started',
      result: 'allowed',
      deploymentId: tenant.succeededId,
      serviceId: tenant.serviceId,
      environmentId: tenant.productionId,
      artifactId: tenant.artifactId,
      digest: 'sha256:a',
      at: inSeconds(-daysAgo * 86_400),
      facts: someFacts(tenant),
      said: [],
    });
  const rule = { ...aRule([]), title: '', effect: { kind: 'hold' }, condition: { kind: 'expression', source: 'time.weekday == 7' } };
  const services = [{ serviceId: tenant.serviceId, serviceName: 'Checkout', heldCount: 2 }];
  expect(await foreseeDraft(as('viewer'), { kind: 'rule', document: rule })).toMatchObject({ startCount: 3, heldCount: 2, services });
  const window = { zone: 'UTC', start: '2026-03-01T00:00', end: '2026-03-02T00:00', recurrence: 'FREQ=WEEKLY', exceptions: [] };
  const freeze = { title: '', reason: '', scope: {}, appliesTo: {}, enforcement: 'enforce', inFlight: 'finish', window };
  expect(await foreseeDraft(as('viewer'), { kind: 'freeze', document: freeze })).toMatchObject({ startCount: 3, heldCount: 2, services });
  expect(await endOf(foreseeDraft(as('viewer'), { kind: 'freeze', document: rule }))).toBe('invalid');
  expect(await endOf(foreseeDraft(actAs(db, tenant.id, other.people.admin.actor), { kind: 'rule', document: rule }))).toBe('forbidden');
});
