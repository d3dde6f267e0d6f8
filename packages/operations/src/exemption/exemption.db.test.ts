import { createDatabase, inTransaction } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { findExemption, listExemptions } from '@flow/db/exemption';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OperationContext } from '../context/index.ts';
import { askForDeployment, previewDeployment } from '../deployment/index.ts';
import { archivePolicy, savePolicy } from '../policy/index.ts';
import { aRule, actAs, addPerson, addToTenant, createTestTenant, endOf, isWoken, recordedOf, testId, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { answerExemption, askExemption, closeReview, claimExemptions, withdrawExemption } from './index.ts';
import type { askExemptionInput } from './index.ts';
import type { z } from 'zod';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let policyId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
  await db.prisma.exemption.deleteMany({ where: { tenantId: tenant.id } });
  const document = aRule([], { title: 'Closed', effect: { kind: 'block' }, message: 'Closed' });
  ({ policyId } = await savePolicy(as('admin'), { kind: 'rule', document }));
});

type Role = keyof TestTenant['people'];
const as = (person: Role | TestPerson): OperationContext =>
  actAs(db, tenant.id, (typeof person === 'string' ? tenant.people[person] : person).actor);
const inHours = (hours: number) => new Date(worldNow.getTime() + hours * 3_600_000).toISOString();
const here = () => ({ serviceId: tenant.serviceId, environmentId: tenant.quietId, artifactId: tenant.artifactId });
const preview = () => previewDeployment(as('viewer'), here());
type Wish = z.input<typeof askExemptionInput>;
const wish = (over: Partial<Wish> = {}): Wish => ({
  policyId,
  scope: { kind: 'place', ...here() },
  kind: 'planned',
  use: 'once',
  reason: 'The fix of the outage',
  lastsMinutes: 120,
  ...over,
});
const glass = (over: Partial<Wish> = {}) => wish({ kind: 'breakGlass', ...over });
const rowOf = async (id: string) => {
  const row = await findExemption(db.prisma, tenant.id, id);
  if (row === null) throw new Error('no such exemption');
  return row;
};

/** A deployment of the version to the place, as it stands before it starts. */
async function aDeployment(): Promise<string> {
  const id = testId('deployment');
  const { serviceId, environmentId, artifactId } = here();
  await db.prisma.deployment.create({
    data: {
      tenantId: tenant.id,
      id,
      serviceId,
      environmentId,
      artifactId,
      state: 'held',
      plan: { waves: [], bakeTimeSeconds: 0, strategy: { steps: [], analysis: null } },
      snapshot: {},
      snapshotHash: `hash-${id}`,
      requestedBy: tenant.people.developer.id,
      invoker: 'person',
      createdAt: worldNow,
    },
  });
  return id;
}

const use = (deploymentId: string, exemptionIds: readonly string[]) =>
  inTransaction(db, (tx) => claimExemptions(tx, tenant.id, { deploymentId, exemptionIds, at: worldNow, newId: () => testId('audit') }));

describe('a planned exemption', () => {
  test('opens nothing until someone else has given it, and then what waited is looked at again', async () => {
    const { exemptionId } = await askExemption(as('developer'), wish());
    expect((await preview()).kind).toBe('denied');
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await answerExemption(as('releaseManager'), { exemptionId, answer: 'grant' });
    const verdict = await preview();
    expect(verdict).toMatchObject({ kind: 'allowed', exemptionIds: [exemptionId] });
    expect(verdict.reasons.map(({ sentence }) => sentence)).toEqual([
      `Closed. Exempt by ${tenant.people.releaseManager.actor.name} (The fix of the outage)`,
    ]);
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
    expect(await endOf(askForDeployment(as('developer'), here()))).toBe('done');
    expect(await recordedOf(db, tenant.id, 'exemption.ask')).toMatchObject({ auditCount: 1 });
    expect(await recordedOf(db, tenant.id, 'exemption.grant')).toMatchObject({ auditCount: 1 });
  });

  test('is never given by whoever asked, nor by one who may not, nor twice', async () => {
    const { exemptionId } = await askExemption(as('releaseManager'), wish());
    const answer = (who: Role, said: 'grant' | 'refuse' = 'grant') =>
      endOf(answerExemption(as(who), { exemptionId, answer: said, note: said === 'refuse' ? 'Not today' : '' }));
    expect(await answer('releaseManager')).toBe('precondition');
    expect(await answer('developer')).toBe('precondition');
    expect((await Promise.all([answer('admin'), answer('admin', 'refuse')])).toSorted()).toEqual(['done', 'precondition']);
  });

  test('a refusal says why', async () => {
    const { exemptionId } = await askExemption(as('developer'), wish());
    expect(await endOf(answerExemption(as('admin'), { exemptionId, answer: 'refuse' }))).toBe('invalid');
    await answerExemption(as('admin'), { exemptionId, answer: 'refuse', note: 'Wait for Monday' });
    expect(await rowOf(exemptionId)).toMatchObject({ state: 'refused', decisionNote: 'Wait for Monday' });
    expect((await preview()).kind).toBe('denied');
  });

  test('taken back, it opens nothing any more; used, it cannot be taken back', async () => {
    const { exemptionId } = await askExemption(as('developer'), wish());
    await answerExemption(as('admin'), { exemptionId, answer: 'grant' });
    await withdrawExemption(as('developer'), { exemptionId });
    expect((await preview()).kind).toBe('denied');
    const other = await askExemption(as('developer'), wish());
    await answerExemption(as('admin'), { exemptionId: other.exemptionId, answer: 'grant' });
    expect(await use(await aDeployment(), [other.exemptionId])).toBe(true);
    expect(await endOf(withdrawExemption(as('developer'), { exemptionId: other.exemptionId }))).toBe('precondition');
  });

  test('has a reason, an end within its bounds, a policy that can be passed, and a place of this tenant', async () => {
    const other = await createTestTenant(db);
    const ask = (over: Partial<Wish>, who: Role = 'developer') => endOf(askExemption(as(who), wish(over)));
    expect(await ask({}, 'viewer')).toBe('forbidden');
    expect(await ask({ reason: ' ' })).toBe('invalid');
    expect(await ask({ lastsMinutes: 0 })).toBe('invalid');
    expect(await ask({ lastsMinutes: 31 * 24 * 60 })).toBe('invalid');
    expect(await ask({ policyId: other.policyId })).toBe('notFound');
    expect(await ask({ scope: { kind: 'deployment', deploymentId: other.waitingId } })).toBe('notFound');
    expect(await ask({ scope: { kind: 'place', ...here(), serviceId: other.serviceId } })).toBe('notFound');
    expect(await ask({ scope: { kind: 'deployment', deploymentId: tenant.succeededId } })).toBe('precondition');
    await archivePolicy(as('admin'), { policyId });
    expect(await ask({})).toBe('notFound');
  });

  test('from what the platform has put in force only a platform admin gives it', async () => {
    const { exemptionId } = await askExemption(as('developer'), wish({ policyId: tenant.platformPolicyId }));
    expect(await endOf(answerExemption(as('admin'), { exemptionId, answer: 'grant' }))).toBe('precondition');
    expect(await endOf(askExemption(as('admin'), glass({ policyId: tenant.platformPolicyId })))).toBe('forbidden');
    const chief = await addPerson(db, { isPlatformAdmin: true });
    expect(await endOf(answerExemption(as(chief), { exemptionId, answer: 'grant' }))).toBe('done');
  });
});

describe('a break-glass', () => {
  test('opens at once for those who give exemptions, for hours, one version, and loudly', async () => {
    const { exemptionId, sentence } = await askExemption(as('releaseManager'), glass({ ticket: 'INC-7' }));
    expect(sentence).toContain('Someone else must review it afterwards');
    expect(await preview()).toMatchObject({ kind: 'allowed', exemptionIds: [exemptionId] });
    expect(await recordedOf(db, tenant.id, 'exemption.breakGlass')).toMatchObject({ auditCount: 1 });
    expect(await endOf(askExemption(as('developer'), glass()))).toBe('forbidden');
    expect(await endOf(askExemption(as('admin'), glass({ lastsMinutes: 241 })))).toBe('invalid');
    expect(await endOf(askExemption(as('admin'), glass({ scope: { kind: 'place', ...here(), artifactId: null } })))).toBe('precondition');
  });

  test('leaves a review that nobody who took it, deployed by it or approved that can close', async () => {
    const { exemptionId } = await askExemption(as('releaseManager'), glass());
    const deploymentId = await aDeployment();
    const voter = await addToTenant(db, tenant.id, { person: await addPerson(db), role: 'releaseManager' });
    await db.prisma.approvalRequest.create({
      data: {
        tenantId: tenant.id,
        id: testId('approval'),
        deploymentId,
        state: 'approved',
        subjectHash: 'h',
        requiredCount: 1,
        expiresAt: new Date(inHours(1)),
        votes: { create: { userId: voter.id, answer: 'approve', shownHash: 'h' } },
      },
    });
    expect(await use(deploymentId, [exemptionId])).toBe(true);
    const close = (who: Role | TestPerson) => endOf(closeReview(as(who), { exemptionId, note: 'It was right' }));
    expect(await close('releaseManager')).toBe('precondition');
    expect(await close(voter)).toBe('precondition');
    expect(await close('developer')).toBe('precondition');
    expect(await close('admin')).toBe('done');
    expect(await close('admin')).toBe('precondition');
    expect(await recordedOf(db, tenant.id, 'exemption.closeReview')).toMatchObject({ auditCount: 1 });
  });

  test('each open review asks for one more person, of planned ones too; at five there is no further one until some are closed', async () => {
    const taken = [await askExemption(as('releaseManager'), glass())];
    const { exemptionId } = await askExemption(as('developer'), wish());
    await answerExemption(as('admin'), { exemptionId, answer: 'grant' });
    expect((await rowOf(exemptionId)).approvalsRequired).toBe(1);
    await withdrawExemption(as('releaseManager'), { exemptionId: taken[0]?.exemptionId ?? '' });
    expect(await preview()).toMatchObject({ kind: 'needsApprovals', missing: 1, exemptionIds: [exemptionId] });
    for (let count = 1; count < 5; count += 1) {
      taken.push(await askExemption(as('releaseManager'), glass()));
      expect((await rowOf(taken.at(-1)?.exemptionId ?? '')).approvalsRequired).toBe(count);
    }
    expect(await endOf(askExemption(as('releaseManager'), glass()))).toBe('precondition');
    await closeReview(as('admin'), { exemptionId: taken[0]?.exemptionId ?? '', note: 'Seen' });
    expect(await endOf(askExemption(as('releaseManager'), glass()))).toBe('done');
  });

  test('of several taken at the same instant each counts the review of the one before', async () => {
    const taken = await Promise.all(Array.from({ length: 4 }, () => askExemption(as('releaseManager'), glass())));
    const needed = await Promise.all(taken.map(async ({ exemptionId }) => (await rowOf(exemptionId)).approvalsRequired));
    expect(needed.toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3]);
  });
});

describe('the use of an exemption', () => {
  test('that opens once is decided by the database: of twenty deployments at the same instant one passes, and its later waves', async () => {
    const { exemptionId } = await askExemption(as('releaseManager'), glass());
    const ids = await Promise.all(Array.from({ length: 20 }, () => aDeployment()));
    const passed = await Promise.all(ids.map((id) => use(id, [exemptionId])));
    expect(passed.filter((one) => one)).toHaveLength(1);
    const winner = ids[passed.indexOf(true)] ?? '';
    expect(await use(winner, [exemptionId])).toBe(true);
    expect(await rowOf(exemptionId)).toMatchObject({ usedBy: winner, uses: [{ deploymentId: winner }] });
    expect(await recordedOf(db, tenant.id, 'exemption.use')).toMatchObject({ auditCount: 1 });
    expect((await preview()).kind).toBe('denied');
  });

  test('that opens for a time is kept for every deployment', async () => {
    const { exemptionId } = await askExemption(as('releaseManager'), glass({ use: 'forTime' }));
    for (const id of [await aDeployment(), await aDeployment()]) expect(await use(id, [exemptionId])).toBe(true);
    expect((await rowOf(exemptionId)).uses).toHaveLength(2);
    expect((await preview()).kind).toBe('allowed');
    const later = { ...as('viewer'), now: new Date(inHours(2)) };
    expect((await previewDeployment(later, here())).kind).toBe('denied');
  });

  test('nothing of another tenant is listed', async () => {
    await askExemption(as('developer'), wish());
    const other = await createTestTenant(db);
    const page = await listExemptions(db.prisma, other.id, { view: 'all', deploymentId: null, now: worldNow, limit: 50 });
    expect(page.items.map(({ id }) => id).toSorted()).toEqual([other.exemptionId, other.reviewId].toSorted());
  });
});
