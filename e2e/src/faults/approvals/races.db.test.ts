import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { requestApproval, vote, withdrawVote } from '@flow/operations/approval';
import { actAs, createTestTenant, endOf, systemActor, testId, worldNow } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tryToStart } from '../starts.ts';
import { tell } from '../told.ts';

const clientCount = 8;
let database: TestDatabase;
let clients: Database[];
beforeAll(async () => {
  database = await createTestDatabase();
  clients = Array.from({ length: clientCount }, () => createDatabase(database.url, 2));
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await database[Symbol.asyncDispose]();
});

const startOn = (db: Database, tenant: TestTenant): Promise<unknown> =>
  tryToStart(db, { tenantId: tenant.id, deploymentId: tenant.waitingId });

async function aWaitingDeployment(db: Database): Promise<TestTenant> {
  const tenant = await createTestTenant(db);
  const { id: tenantId } = tenant;
  await db.prisma.deployment.updateMany({ where: { tenantId, id: tenant.movingId }, data: { state: 'failed', activePlace: null } });
  await db.prisma.environment.updateMany({ where: { tenantId }, data: { requiredApprovals: 2 } });
  // The requester may vote as far as their role goes.
  await db.prisma.membership.updateMany({ where: { tenantId, userId: tenant.people.developer.id }, data: { role: 'admin' } });
  await requestApproval(actAs(db, tenantId, systemActor), { deploymentId: tenant.waitingId });
  return tenant;
}

const requestOf = (db: Database, { id: tenantId }: TestTenant) =>
  db.prisma.approvalRequest.findFirstOrThrow({ where: { tenantId }, include: { votes: true } });

/** One person's vote on what they see at this moment. */
async function voteOn(db: Database, tenant: TestTenant, person: TestPerson): Promise<string> {
  const { id: approvalId, subjectHash } = await requestOf(db, tenant);
  return endOf(vote(actAs(db, tenant.id, person.actor), { approvalId, answer: 'approve', shownHash: subjectHash }));
}

/** Changes what would be installed, where nothing has begun, and asks for it anew. */
async function edit(db: Database, tenant: TestTenant): Promise<void> {
  const where = { tenantId: tenant.id, id: tenant.waitingId, startedAt: null };
  const { count } = await db.prisma.deployment.updateMany({ where, data: { snapshotHash: testId('hash') } });
  if (count === 1) await endOf(requestApproval(actAs(db, tenant.id, systemActor), { deploymentId: tenant.waitingId }));
}

test('votes, changes and starts at the same instant: nothing starts twice, without its votes, or with the vote of whoever asked', async () => {
  const { races, seed } = faultSettings();
  const random = seededNumbers(seed);
  const counts = { rounds: 0, starts: 0, votes: 0, requesterVotes: 0 };
  for (let round = 0; round < races; round += 1) {
    const [first] = clients;
    if (first === undefined) throw new Error('no client');
    const tenant = await aWaitingDeployment(first);
    const { releaseManager, admin, developer } = tenant.people;
    const acts: ((db: Database) => Promise<unknown>)[] = [
      ...[releaseManager, admin, tenant.deputy].map((person) => (db: Database) => voteOn(db, tenant, person)),
      async (db) => {
        if ((await voteOn(db, tenant, developer)) === 'done') counts.requesterVotes += 1;
      },
      async (db) => endOf(withdrawVote(actAs(db, tenant.id, admin.actor), { approvalId: (await requestOf(db, tenant)).id })),
      (db) => (random() < 0.5 ? edit(db, tenant) : startOn(db, tenant)),
      (db) => startOn(db, tenant),
      (db) => startOn(db, tenant),
    ];
    const order = acts.toSorted(() => random() - 0.5);
    await Promise.all(order.map((act, index) => act(clients[index] ?? first)));
    await Promise.all(clients.slice(0, 3).map((db) => startOn(db, tenant)));
    counts.rounds += 1;
    await check(first, tenant, counts);
  }
  tell({
    goal: 'G10',
    counts: { ...counts, clients: clientCount },
    violations: counts.requesterVotes === 0 ? [] : ['the vote of whoever asked counted'],
    seed,
  });
  expect(counts.requesterVotes).toBe(0);
  expect(counts.starts).toBeGreaterThan(0);
}, 1_800_000);

async function check(db: Database, tenant: TestTenant, counts: { starts: number; votes: number }): Promise<void> {
  const { id: tenantId, waitingId, people } = tenant;
  const deployment = await db.prisma.deployment.findFirstOrThrow({ where: { tenantId, id: waitingId } });
  const request = await requestOf(db, tenant);
  const entries = await db.prisma.auditEntry.findMany({
    where: { tenantId, action: 'deployment.transition', subject: `deployment:${waitingId}` },
  });
  const starts = entries.filter(({ after }) => JSON.stringify(after).includes('"state":"deploying"'));
  const standing = request.votes.filter((one) => one.withdrawnAt === null && one.shownHash === deployment.snapshotHash);
  const valid = new Set(standing.filter((one) => one.userId !== people.developer.id && one.answer === 'approve').map((one) => one.userId));
  counts.votes += request.votes.length;
  expect(starts.length).toBeLessThanOrEqual(1);
  expect(request.votes.some((one) => one.userId === people.developer.id)).toBe(false);
  if (deployment.startedAt === null) {
    expect(request.usedAt).toBeNull();
    return;
  }
  counts.starts += 1;
  expect(request).toMatchObject({ state: 'approved', subjectHash: deployment.snapshotHash, usedAt: worldNow });
  expect(valid.size).toBeGreaterThanOrEqual(2);
}
