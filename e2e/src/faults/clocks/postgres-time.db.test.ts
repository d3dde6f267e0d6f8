import { createDatabase, openDatabaseClock, timeIn } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { vote } from '@flow/operations/approval';
import { savePolicy } from '@flow/operations/policy';
import { actAs, aRule, createTestTenant, endOf, testId } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { judgeById } from '@flow/operations/verdict';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tell } from '../told.ts';

const hourMs = 3_600_000;
/** So near to an end nobody outside of Postgres can say on which side of it a moment was. */
const tooCloseMs = 100;
const zones = ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata', 'Europe/Berlin'];

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
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A deployment that a freeze holds, which an exemption opens until `endsAt`, and whose request for approval ends then too. */
async function holdUntil(tenant: TestTenant, policyId: string, endsAt: Date): Promise<void> {
  const { id: tenantId, waitingId, approvalId } = tenant;
  await db.prisma.exemption.updateMany({ where: { tenantId, policyId }, data: { endsAt } });
  await db.prisma.approvalRequest.update({
    where: { tenantId_id: { tenantId, id: approvalId } },
    data: { state: 'pending', requiredCount: 2, expiresAt: endsAt },
  });
  await db.prisma.approvalVote.deleteMany({ where: { tenantId, requestId: approvalId } });
  await db.prisma.deployment.update({ where: { tenantId_id: { tenantId, id: waitingId } }, data: { snapshotHash: `hash-${waitingId}` } });
}

async function aHeldTenant(): Promise<{ tenant: TestTenant; policyId: string }> {
  const tenant = await createTestTenant(db);
  const { id: tenantId, people, serviceId, productionId: environmentId, waitingId: deploymentId } = tenant;
  await db.prisma.deployment.updateMany({ where: { tenantId, id: tenant.movingId }, data: { state: 'failed', activePlace: null } });
  await db.prisma.exemption.deleteMany({ where: { tenantId } });
  await db.prisma.incident.deleteMany({ where: { tenantId } });
  const document = aRule([], { title: 'Closed', effect: { kind: 'block' }, message: 'Closed' });
  const { policyId } = await savePolicy(actAs(db, tenantId, people.admin.actor), { kind: 'rule', document });
  const longAgo = new Date(0);
  const from = { policyId, policyKind: 'rule', policyTitle: 'Closed', isOfPlatform: false, serviceId, environmentId, deploymentId };
  const said = { kind: 'planned', state: 'granted', use: 'once', reason: 'agreed', ticket: '', askedAt: longAgo, decidedAt: longAgo };
  const by = { askedBy: people.developer.id, askedByName: 'Dora', decidedBy: people.admin.id, decidedByName: 'Grace' };
  await db.prisma.exemption.create({ data: { tenantId, id: testId('exemption'), ...from, ...said, ...by, endsAt: longAgo } });
  return { tenant, policyId };
}

test('on a machine whose clock is an hour off, an exemption and a vote end when Postgres says so', async () => {
  const { clockRounds, seed } = faultSettings();
  const random = seededNumbers(seed);
  const counts = { rounds: 0, open: 0, ended: 0, tooClose: 0 };
  const violations: string[] = [];
  const { tenant, policyId } = await aHeldTenant();
  for (let round = 0; round < clockRounds; round += 1) {
    const endsAt = new Date((await timeIn(db.prisma)).getTime() + Math.floor((random() - 0.4) * 8_000));
    await holdUntil(tenant, policyId, endsAt);
    vi.stubEnv('TZ', zones[round % zones.length]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (random() - 0.5) * 2 * hourMs });
    using clock = await openDatabaseClock(db);
    vi.setSystemTime(Date.now() + (random() - 0.5) * 2 * hourMs);
    const before = await timeIn(db.prisma);
    const judged = await judgeById(db.prisma, tenant.id, { deploymentId: tenant.waitingId, now: clock.now() });
    const voted = await endOf(
      vote(actAs(db, tenant.id, { actor: tenant.people.admin.actor, now: clock.now() }), {
        approvalId: tenant.approvalId,
        answer: 'approve',
        shownHash: `hash-${tenant.waitingId}`,
      }),
    );
    const after = await timeIn(db.prisma);
    vi.useRealTimers();
    counts.rounds += 1;
    const isOpen = after.getTime() + tooCloseMs < endsAt.getTime();
    const hasEnded = before.getTime() - tooCloseMs >= endsAt.getTime();
    counts[isOpen ? 'open' : hasEnded ? 'ended' : 'tooClose'] += 1;
    const isDenied = judged.verdict.kind === 'denied';
    if (isOpen && isDenied) violations.push(`round ${round}: denied by an exemption that still opens`);
    if (hasEnded && !isDenied) violations.push(`round ${round}: ${judged.verdict.kind} by an exemption that has ended`);
    if (isOpen && voted !== 'done') violations.push(`round ${round}: a vote in time was refused`);
    if (hasEnded && voted === 'done') violations.push(`round ${round}: a vote was taken after the end`);
  }
  tell({ goal: 'G9', counts, violations, seed });
  expect(violations).toEqual([]);
  expect(counts.open).toBeGreaterThan(0);
  expect(counts.ended).toBeGreaterThan(0);
}, 1_800_000);
