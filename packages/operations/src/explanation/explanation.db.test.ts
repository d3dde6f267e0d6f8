import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { previewDeployment } from '../deployment/index.ts';
import { savePolicy } from '../policy/index.ts';
import { actAs, aRule, createTestTenant, endOf } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { explainRequest, explainWaiting } from './index.ts';

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
const nameOf = (role: keyof TestTenant['people']) => tenant.people[role].actor.name;
const toProduction = () => ({ serviceId: tenant.serviceId, environmentId: tenant.productionId, artifactId: tenant.artifactId });

test('everything is considered: what stands against it, what passes, what is switched off or elsewhere, and the answer is the preview’s', async () => {
  await savePolicy(as('admin'), {
    kind: 'rule',
    document: aRule([], { title: 'Closed', effect: { kind: 'block' }, condition: { kind: 'expression', source: 'service.tier == "3"' } }),
  });
  await savePolicy(as('admin'), {
    kind: 'rule',
    document: { ...aRule([]), title: 'Elsewhere', scope: { environmentIds: [tenant.developmentId] } },
  });
  const explained = await explainRequest(as('viewer'), toProduction());
  const { verdict } = explained;
  expect(verdict).toEqual(await previewDeployment(as('viewer'), toProduction()));
  const standings = Object.fromEntries(explained.considered.map(({ title, standing }) => [title, standing]));
  expect(standings).toMatchObject({
    Closed: verdict.kind === 'denied' ? 'deny' : 'passes',
    'Look twice': 'notAsked',
    Elsewhere: 'notAsked',
  });
  expect(explained.considered.find(({ title }) => title === 'Closed')?.inputs).toEqual([
    { path: 'service.tier', value: expect.any(String), elements: [] },
  ]);
});

test('those who can help are named by their right, and nobody who asked for it is named to approve it', async () => {
  const explained = await explainRequest(as('releaseManager'), toProduction());
  const approval = explained.considered.find(({ id }) => id === 'production-approval');
  expect(approval).toMatchObject({ standing: 'approvals', helps: [{ toDo: 'approve it', right: 'approval:vote', hasMore: false }] });
  const names = approval?.helps[0]?.names ?? [];
  expect(names).toContain(nameOf('admin'));
  expect(names).not.toContain(nameOf('releaseManager'));
  expect(names).not.toContain(nameOf('developer'));
  expect(explained.text.join('\n')).toContain(`${nameOf('admin')}`);
});

test('a tenant without any policy is told of Flow’s own rules', async () => {
  await db.prisma.policy.deleteMany({});
  const explained = await explainRequest(as('viewer'), { ...toProduction(), environmentId: tenant.developmentId });
  expect(explained.verdict.kind).toBe('allowed');
  expect(new Set(explained.considered.map(({ source, standing }) => `${source} ${standing}`))).toEqual(new Set(['builtIn passes']));
});

test('a deployment that waits is explained with the plan that it has; one that ended is not, and one of another tenant is unknown', async () => {
  const explained = await explainWaiting(as('viewer'), { deploymentId: tenant.waitingId });
  expect(explained?.verdict.kind).toBe('needsApprovals');
  expect(await explainWaiting(as('viewer'), { deploymentId: tenant.succeededId })).toBeNull();
  expect(await endOf(explainWaiting(as('viewer'), { deploymentId: other.waitingId }))).toBe('notFound');
  expect(await endOf(explainRequest(as('viewer'), { ...toProduction(), serviceId: other.serviceId }))).toBe('notFound');
  expect(await endOf(explainRequest(actAs(db, tenant.id, other.people.admin.actor), toProduction()))).toBe('forbidden');
});
