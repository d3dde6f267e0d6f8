import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { saveFindings } from '@flow/db/verdict';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { savePolicy } from '../policy/index.ts';
import { actAs, createTestTenant, endOf, testId, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { readCases, readLedger } from './index.ts';

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
const hourMs = 3_600_000;
const hoursAgo = (hours: number): Date => new Date(worldNow.getTime() - hours * hourMs);
const saidOfWaiting = (of: TestTenant, policyId: string, hours: number) =>
  saveFindings(db.prisma, of.id, {
    subject: {
      deploymentId: of.waitingId,
      serviceId: of.serviceId,
      environmentId: of.productionId,
      artifactId: of.artifactId,
      digest: 'sha256:b',
    },
    changes: {
      begun: [
        {
          source: 'rule',
          policyId,
          revision: 1,
          effect: 'hold',
          isShadow: false,
          isLimit: false,
          sentence: 'Closed on Sundays',
          waitsFor: [],
          exemption: null,
          earliestAt: null,
        },
      ],
      changed: [],
      endedIds: [],
    },
    at: hoursAgo(hours),
    newId: () => testId('finding'),
  });

test('each policy is told with the waiting that it caused, by name, and the deployments behind it', async () => {
  await saidOfWaiting(tenant, tenant.policyId, 3);
  await saidOfWaiting(other, other.policyId, 50);
  const ledger = await readLedger(as('viewer'), {});
  expect(ledger.isWhole).toBe(true);
  expect(ledger.entries.find(({ id }) => id === tenant.policyId)).toMatchObject({
    account: 'rule',
    title: 'Look twice',
    waitedMs: 3 * hourMs,
    stoppedCount: 1,
  });
  expect(ledger.entries.some(({ id }) => id === other.policyId)).toBe(false);
  const behind = await readCases(as('viewer'), { account: 'rule', id: tenant.policyId, number: 'waited' });
  expect(behind).toMatchObject({
    total: 1,
    cases: [{ deploymentId: tenant.waitingId, serviceName: 'Checkout', environmentName: 'Production', ms: 3 * hourMs }],
  });
  expect((await readLedger(as('viewer'), { days: 1 })).entries.some(({ id }) => id === tenant.policyId)).toBe(true);
});

test('a group that a policy names is told with the time until its first vote', async () => {
  const { policyId } = await savePolicy(as('admin'), {
    kind: 'approval',
    document: {
      title: 'Security looks',
      scope: {},
      appliesTo: {},
      enforcement: 'enforce',
      stages: [{ groups: [{ title: 'Security', who: [{ kind: 'group', groupId: tenant.groupId }], count: 1 }] }],
    },
  });
  await db.prisma.approvalRequest.update({
    where: { tenantId_id: { tenantId: tenant.id, id: tenant.approvalId } },
    data: { policyIds: [policyId], state: 'approved', createdAt: hoursAgo(5), decidedAt: hoursAgo(1) },
  });
  const vote = { userId: tenant.people.releaseManager.id, answer: 'approve', shownHash: 'h', createdAt: hoursAgo(3) };
  await db.prisma.approvalVote.create({ data: { tenantId: tenant.id, requestId: tenant.approvalId, ...vote } });
  const { entries } = await readLedger(as('viewer'), { days: 30 });
  expect(entries.find(({ account }) => account === 'group')).toMatchObject({
    title: 'Security',
    medianDecisionMs: 2 * hourMs,
    decidedCount: 1,
  });
  expect(entries.find(({ id }) => id === policyId)).toMatchObject({ title: 'Security looks', medianDecisionMs: 4 * hourMs });
});

test('only members read it', async () => {
  expect(await endOf(readLedger(actAs(db, tenant.id, other.people.admin.actor), {}))).toBe('forbidden');
  const behind = { account: 'rule', id: tenant.policyId, number: 'waited' } as const;
  expect(await endOf(readCases(actAs(db, tenant.id, other.people.admin.actor), behind))).toBe('forbidden');
  expect(await endOf(readLedger(as('viewer'), { days: 0 }))).toBe('invalid');
});
