import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { actAs, addPerson, addToTenant, createTestTenant, endOf, isWoken, recordedOf, systemActor, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { removeMember } from '../tenancy/index.ts';
import { closeApproval, emailsIn, expireApproval, requestApproval, vote } from './index.ts';

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

const as = (person: TestPerson, over: object = {}) => actAs(db, tenant.id, { actor: person.actor, ...over });
const system = (over: object = {}) => actAs(db, tenant.id, { actor: systemActor, ...over });
const manager = () => as(tenant.people.releaseManager);
const approve = (over: object = {}) => ({
  approvalId: tenant.approvalId,
  answer: 'approve' as const,
  shownHash: `hash-${tenant.waitingId}`,
  ...over,
});
const stateNow = async () => (await db.prisma.approvalRequest.findFirstOrThrow({ where: { tenantId: tenant.id } })).state;
const changeContent = (hash: string) =>
  db.prisma.deployment.updateMany({ where: { tenantId: tenant.id, id: tenant.waitingId }, data: { snapshotHash: hash } });
const allow = (requiredCount: number) => db.prisma.approvalRequest.updateMany({ where: { tenantId: tenant.id }, data: { requiredCount } });

describe('vote', () => {
  test('one approval by another person decides, with its event, audit entry and wake', async () => {
    expect(await vote(manager(), approve({ comment: 'looks right' }))).toEqual({ state: 'approved', missingCount: 0 });
    expect(await stateNow()).toBe('approved');
    expect(await recordedOf(db, tenant.id, 'approval.vote')).toEqual({ auditCount: 1, eventTypes: ['approval.changed'] });
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
  });

  test('one rejection decides too', async () => {
    expect(await endOf(vote(manager(), approve({ answer: 'reject' })))).toBe('invalid');
    expect((await vote(manager(), approve({ answer: 'reject', comment: 'not today' }))).state).toBe('rejected');
    expect(await endOf(vote(as(tenant.people.admin), approve()))).toBe('precondition');
  });

  test('the requester cannot vote, whatever their role', async () => {
    await db.prisma.approvalRequest.updateMany({ where: { tenantId: tenant.id }, data: { excluded: [tenant.people.admin.id] } });
    expect(await endOf(vote(as(tenant.people.admin), approve()))).toBe('precondition');
    expect(await db.prisma.approvalVote.count({ where: { tenantId: tenant.id } })).toBe(0);
  });

  test('a vote is for the content that was shown, not for what it became', async () => {
    expect(await endOf(vote(manager(), approve({ shownHash: 'something-else' })))).toBe('precondition');
    expect(await stateNow()).toBe('pending');
  });

  test('an expired request takes no vote', async () => {
    expect(await endOf(vote(as(tenant.people.releaseManager, { now: new Date(worldNow.getTime() + 3_600_000) }), approve()))).toBe(
      'precondition',
    );
  });

  test('developers, viewers and people of another tenant may not; the request of another tenant is unknown', async () => {
    for (const person of [tenant.people.developer, tenant.people.viewer])
      expect(await endOf(vote(as(person), approve()))).toBe('precondition');
    expect(await endOf(vote(as(other.people.admin), approve()))).toBe('forbidden');
    expect(await endOf(vote(manager(), approve({ approvalId: other.approvalId })))).toBe('notFound');
    expect(await endOf(vote(system(), approve()))).toBe('forbidden');
  });

  test('of many votes at the same instant each person counts once, and the request is decided once', async () => {
    await allow(2);
    const voters = [tenant.people.releaseManager, tenant.people.admin, tenant.deputy];
    const ends = await Promise.all([...voters, ...voters].map((person) => endOf(vote(as(person), approve()))));
    expect(ends.filter((end) => end === 'done')).toHaveLength(2);
    expect(await stateNow()).toBe('approved');
    expect(await db.prisma.approvalVote.count({ where: { tenantId: tenant.id } })).toBe(2);
    expect((await recordedOf(db, tenant.id, 'approval.vote')).auditCount).toBe(2);
  });

  test('the vote of someone who was removed stops counting', async () => {
    await allow(2);
    const leaver = await addToTenant(db, tenant.id, { person: await addPerson(db), role: 'releaseManager' });
    expect((await vote(as(leaver), approve())).missingCount).toBe(1);
    await removeMember(as(tenant.people.admin), { userId: leaver.id });
    expect(await vote(manager(), approve())).toEqual({ state: 'pending', missingCount: 1 });
  });

  test('of a vote and a change of content at the same instant, no vote for the old content ever approves the new one', async () => {
    for (let round = 0; round < 15; round += 1) {
      tenant = await createTestTenant(db);
      await changeContent(`changed-${tenant.waitingId}`);
      await Promise.all([endOf(vote(manager(), approve())), requestApproval(system(), { deploymentId: tenant.waitingId })]);
      const request = await db.prisma.approvalRequest.findFirstOrThrow({ where: { tenantId: tenant.id } });
      if (request.state === 'approved') expect(request.subjectHash).toBe(`hash-${tenant.waitingId}`);
      else expect(request).toMatchObject({ state: 'pending', subjectHash: `changed-${tenant.waitingId}` });
    }
  });
});

describe('requestApproval', () => {
  const ask = () => requestApproval(system(), { deploymentId: tenant.waitingId });

  test('asked again for the same content it changes nothing', async () => {
    expect(await ask()).toEqual({ approvalId: tenant.approvalId });
    expect((await recordedOf(db, tenant.id, 'approval.request')).auditCount).toBe(0);
  });

  test('new content begins anew: an approval of the old one is worth nothing, and who voted may vote again', async () => {
    await vote(manager(), approve());
    await changeContent('h2');
    await ask();
    expect(await stateNow()).toBe('pending');
    expect((await recordedOf(db, tenant.id, 'approval.request')).auditCount).toBe(1);
    expect(await endOf(vote(manager(), approve()))).toBe('precondition');
    expect((await vote(manager(), approve({ shownHash: 'h2' }))).state).toBe('approved');
  });

  test('an approval whose voter has lost the right waits for others again, before it was used', async () => {
    await vote(manager(), approve());
    await removeMember(as(tenant.people.admin), { userId: tenant.people.releaseManager.id });
    await ask();
    expect(await stateNow()).toBe('pending');
    expect((await vote(as(tenant.deputy), approve())).state).toBe('approved');
    await ask();
    expect(await stateNow()).toBe('approved');
  });

  test('asked again while a vote comes, it waits for the vote and does not open again what that has decided', async () => {
    const { approvalId } = await ask();
    const voting = await db.pool.connect();
    try {
      await voting.query('BEGIN');
      await voting.query('SELECT id FROM approval_request WHERE id = $1 FOR UPDATE', [approvalId]);
      const asked = ask();
      await vi.waitFor(async () => {
        const { rows } = await db.pool.query(
          "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        expect(rows).toHaveLength(1);
      }, 30_000);
      const { shownHash } = approve();
      await voting.query(
        `INSERT INTO approval_vote (tenant_id, request_id, user_id, answer, comment, shown_hash, created_at)
         VALUES ($1, $2, $3, 'approve', '', $4, $5)`,
        [tenant.id, approvalId, tenant.people.releaseManager.id, shownHash, worldNow],
      );
      await voting.query("UPDATE approval_request SET state = 'approved', decided_at = $2 WHERE id = $1", [approvalId, worldNow]);
      await voting.query('COMMIT');
      await asked;
    } finally {
      voting.release();
    }
    expect(await stateNow()).toBe('approved');
    expect((await recordedOf(db, tenant.id, 'approval.request')).auditCount).toBe(0);
  });

  test('an approval by which a deployment has started is not opened again', async () => {
    await vote(manager(), approve());
    await db.prisma.approvalRequest.updateMany({ where: { tenantId: tenant.id }, data: { usedAt: worldNow } });
    await removeMember(as(tenant.people.admin), { userId: tenant.people.releaseManager.id });
    await ask();
    expect(await stateNow()).toBe('approved');
  });

  test('excludes the requester and the members among the authors of the commit', async () => {
    const author = await addToTenant(db, tenant.id, { person: await addPerson(db), role: 'releaseManager' });
    await db.prisma.artifact.updateMany({
      where: { tenantId: tenant.id },
      data: { commitAuthor: `Author <${author.email.toUpperCase()}>` },
    });
    await changeContent('h3');
    await ask();
    const { excluded } = await db.prisma.approvalRequest.findFirstOrThrow({ where: { tenantId: tenant.id } });
    expect(excluded.toSorted()).toEqual([author.id, tenant.people.developer.id].toSorted());
    expect(await endOf(vote(as(author), approve({ shownHash: 'h3' })))).toBe('precondition');
  });

  test('waits until it is known what would be deployed, and is for Flow alone', async () => {
    await changeContent('');
    expect(await endOf(ask())).toBe('precondition');
    expect(await endOf(requestApproval(as(tenant.people.admin), { deploymentId: tenant.waitingId }))).toBe('forbidden');
    expect(await endOf(requestApproval(system(), { deploymentId: other.waitingId }))).toBe('notFound');
  });
});

describe('the end of a request', () => {
  test('comes with its deployment', async () => {
    await closeApproval(system(), { deploymentId: tenant.waitingId });
    expect(await stateNow()).toBe('superseded');
    expect(await endOf(vote(manager(), approve()))).toBe('precondition');
    expect(await endOf(closeApproval(as(tenant.people.admin), { deploymentId: tenant.waitingId }))).toBe('forbidden');
  });

  test('comes with its time, not before', async () => {
    const expiresAt = new Date(worldNow.getTime() + 3_600_000);
    expect(await expireApproval(system(), { approvalId: tenant.approvalId })).toEqual({ again: expiresAt });
    expect(await expireApproval(system({ now: expiresAt }), { approvalId: tenant.approvalId })).toEqual({ again: null });
    expect(await stateNow()).toBe('expired');
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
  });

  test('does not undo a decision', async () => {
    await vote(manager(), approve());
    await closeApproval(system(), { deploymentId: tenant.waitingId });
    await expireApproval(system({ now: new Date(worldNow.getTime() + 9_999_999) }), { approvalId: tenant.approvalId });
    expect(await stateNow()).toBe('approved');
  });
});

test('e-mail addresses are read from author lines in any case', () => {
  expect(emailsIn('Ada L <Ada@Flow.test>, bob@flow.test')).toEqual(['ada@flow.test', 'bob@flow.test']);
  expect(emailsIn('Nobody')).toEqual([]);
});
