import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { createTestTenant, recordedOf, testId } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCaller, createContext } from '../router/index.ts';
import { testServices } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let second: string;
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
  second = await aSecondRequest();
});

const as = async (person: Pick<TestPerson, 'token'>) =>
  createCaller(await createContext(testServices(db), { token: person.token, requestId: 'r', address: null, userAgent: null }));
const shownHash = () => `hash-${tenant.waitingId}`;
const stateOf = async (id: string) => (await db.prisma.approvalRequest.findFirstOrThrow({ where: { tenantId: tenant.id, id } })).state;

/** Another deployment of the same content that waits for the same people. */
async function aSecondRequest(): Promise<string> {
  const [deploymentId, id] = [testId('deployment'), testId('approval')];
  await db.prisma.$executeRaw`
    INSERT INTO deployment SELECT (jsonb_populate_record(one, jsonb_build_object('id', ${deploymentId}::text))).*
    FROM deployment one WHERE tenant_id = ${tenant.id} AND id = ${tenant.waitingId}`;
  await db.prisma.$executeRaw`
    INSERT INTO approval_request SELECT (jsonb_populate_record(one, jsonb_build_object('id', ${id}::text, 'deployment_id', ${deploymentId}::text))).*
    FROM approval_request one WHERE tenant_id = ${tenant.id} AND id = ${tenant.approvalId}`;
  return id;
}

test('one answer to several requests is a vote on each, with its own entry in the record', async () => {
  const votes = [tenant.approvalId, second].map((approvalId) => ({ approvalId, shownHash: shownHash() }));
  const outcomes = await (await as(tenant.people.releaseManager)).approval.voteMany({ tenant: tenant.slug, votes, answer: 'approve' });
  expect(outcomes).toEqual(votes.map(({ approvalId }) => ({ approvalId, state: 'approved', refusal: '' })));
  expect((await recordedOf(db, tenant.id, 'approval.vote')).auditCount).toBe(2);
});

test('one that has changed since it was shown is refused with the reason, and keeps none of the others back', async () => {
  const votes = [
    { approvalId: tenant.approvalId, shownHash: 'what it was' },
    { approvalId: second, shownHash: shownHash() },
  ];
  const [changed, taken] = await (
    await as(tenant.people.releaseManager)
  ).approval.voteMany({ tenant: tenant.slug, votes, answer: 'approve' });
  expect(changed).toMatchObject({ state: null, refusal: expect.stringContaining('has changed since you looked') });
  expect(taken).toMatchObject({ state: 'approved', refusal: '' });
  expect([await stateOf(tenant.approvalId), await stateOf(second)]).toEqual(['pending', 'approved']);
});

test('a rejection of several needs its reason once, and a request of another tenant is unknown: nothing is voted on', async () => {
  const caller = await as(tenant.people.releaseManager);
  const votes = [{ approvalId: second, shownHash: shownHash() }];
  const [silent] = await caller.approval.voteMany({ tenant: tenant.slug, votes, answer: 'reject' });
  expect(silent).toMatchObject({ state: null, refusal: 'A rejection says why' });
  const other = await createTestTenant(db);
  const foreign = [...votes, { approvalId: other.approvalId, shownHash: `hash-${other.waitingId}` }];
  await expect(caller.approval.voteMany({ tenant: tenant.slug, votes: foreign, answer: 'approve' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await stateOf(second)).toBe('pending');
});
