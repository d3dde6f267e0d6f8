import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addPerson, createTestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addDeadJob,
  addPlatformCheck,
  pauseMoving,
  callProcedure,
  linkTo,
  listProcedures,
  testServices,
  walkInputs,
} from '../testing/index.ts';
import type { WalkedProcedure } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const procedures = listProcedures();
const countEntries = () => db.prisma.auditEntry.count();

/** What must have been done before, for a change that takes something back. */
const firsts: Readonly<Record<string, string>> = { 'approval.withdraw': 'approval.vote' };
// Once somebody has an account, nobody sets the installation up.
const refused = new Set(['session.setUp']);

/** Calls procedures one after the other in one world, as those who may do everything. */
async function aWorld() {
  const [tenant, stranger, chief] = [await createTestTenant(db), await addPerson(db), await addPerson(db, { isPlatformAdmin: true })];
  // So that one vote does not decide, and can be taken back.
  await db.prisma.approvalRequest.updateMany({ where: { tenantId: tenant.id }, data: { requiredCount: 2 } });
  await addDeadJob(db, tenant);
  await pauseMoving(db, tenant);
  await addPlatformCheck(db, tenant);
  return (procedure: WalkedProcedure) => {
    const token = procedure.policy === 'platformAdmin' ? chief.token : tenant.people.admin.token;
    const input = walkInputs[procedure.path]?.(tenant, {
      email: stranger.email,
      userId: stranger.id,
      linkOf: (one) => linkTo(one.people.admin, one),
    });
    return callProcedure(testServices(db), { procedure, input, token });
  };
}

test.each(procedures)(
  '$path is written down in exactly one entry if it changes something, and in none if it only looks',
  async (procedure) => {
    const call = await aWorld();
    const first = procedures.find(({ path }) => path === firsts[procedure.path]);
    if (first !== undefined) await call(first);
    const before = await countEntries();
    const answer = await call(procedure);
    expect(answer.code).toBe(refused.has(procedure.path) ? 'PRECONDITION_FAILED' : 'OK');
    const isChange = procedure.type === 'mutation' && !refused.has(procedure.path);
    expect((await countEntries()) - before).toBe(isChange ? 1 : 0);
  },
);

test('an entry says who did it for whom, by which door, from where and in which request', async () => {
  const tenant = await createTestTenant(db);
  const { policyId } = tenant;
  const procedure = { path: 'policy.archive', type: 'mutation' } as const;
  await callProcedure(testServices(db), { procedure, input: { tenant: tenant.slug, policyId }, token: tenant.people.admin.token });
  expect(await db.prisma.auditEntry.findFirst({ where: { tenantId: tenant.id } })).toMatchObject({
    actor: `user:${tenant.people.admin.id}`,
    actorName: tenant.people.admin.actor.name,
    onBehalfOf: null,
    door: 'portal',
    action: 'policy.archive',
    subject: `policy:${policyId}`,
    requestId: 'request-1',
    address: '192.0.2.1',
  });
});
