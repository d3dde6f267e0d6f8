import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { removeGroup, saveGroup } from '../group/index.ts';
import { disablePerson } from '../person/index.ts';
import { archivePolicy, savePolicy } from '../policy/index.ts';
import { removeMember } from '../tenancy/index.ts';
import { actAs, addPerson, addToTenant, createTestTenant, endOf, isWoken, recordedOf, systemActor, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { endStandIn, nameStandIn, requestApproval, vote, withdrawVote } from './index.ts';

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
  await db.prisma.environment.updateMany({ where: { tenantId: tenant.id }, data: { requiredApprovals: 0 } });
});

const as = (person: TestPerson, over: object = {}) => actAs(db, tenant.id, { actor: person.actor, ...over });
const system = () => actAs(db, tenant.id, { actor: systemActor });
const admin = () => as(tenant.people.admin);
const join = async (role: 'developer' | 'viewer' = 'developer', name?: string) =>
  addToTenant(db, tenant.id, { person: await addPerson(db, name === undefined ? {} : { name }), role });
const approve = (over: object = {}) => ({
  approvalId: tenant.approvalId,
  answer: 'approve' as const,
  shownHash: `hash-${tenant.waitingId}`,
  ...over,
});
const groupOf = async (...people: TestPerson[]) =>
  (await saveGroup(admin(), { name: `G${people[0]?.id ?? ''}`, memberIds: people.map((person) => person.id) })).groupId;
const byGroup = (groupId: string, over: object = {}) => ({ title: groupId, who: [{ kind: 'group', groupId }], ...over });

/** Puts a policy in force that asks these groups one after the other, and has the request follow it. */
async function ask(groups: readonly object[], over: object = {}): Promise<string> {
  const document = {
    title: 'Two eyes',
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    stages: groups.map((group) => ({ groups: [group] })),
  };
  const { policyId } = await savePolicy(admin(), { kind: 'approval', document: JSON.parse(JSON.stringify({ ...document, ...over })) });
  await requestApproval(system(), { deploymentId: tenant.waitingId });
  return policyId;
}
const request = () => db.prisma.approvalRequest.findFirstOrThrow({ where: { tenantId: tenant.id } });

describe('a policy', () => {
  test('asks its groups one after the other, whatever the roles of their members', async () => {
    const [dev, second] = [await join(), await join('viewer')];
    const policyId = await ask([byGroup(await groupOf(dev)), byGroup(await groupOf(second))]);
    expect(await request()).toMatchObject({ policyIds: [policyId], requiredCount: 0, state: 'pending' });
    expect(await endOf(vote(as(second), approve()))).toBe('precondition');
    expect(await endOf(vote(as(tenant.people.releaseManager), approve()))).toBe('precondition');
    expect(await vote(as(dev), approve())).toEqual({ state: 'pending', missingCount: 1 });
    expect(await vote(as(second), approve())).toEqual({ state: 'approved', missingCount: 0 });
  });

  test('in shadow or archived it asks nobody', async () => {
    const policyId = await ask([byGroup(await groupOf(await join()))]);
    await archivePolicy(admin(), { policyId });
    await requestApproval(system(), { deploymentId: tenant.waitingId });
    expect(await request()).toMatchObject({ state: 'approved', policyIds: [], autoReason: 'Nothing asks for an approval any more' });
    await ask([byGroup(await groupOf(await join()))], { enforcement: 'shadow' });
    expect(await request()).toMatchObject({ state: 'approved', policyIds: [] });
  });

  test('put in force after an approval it asks anew', async () => {
    await db.prisma.environment.updateMany({ where: { tenantId: tenant.id }, data: { requiredApprovals: 1 } });
    await requestApproval(system(), { deploymentId: tenant.waitingId });
    expect((await vote(as(tenant.people.releaseManager), approve())).state).toBe('approved');
    const dev = await join();
    await ask([byGroup(await groupOf(dev))]);
    expect((await request()).state).toBe('pending');
    expect((await vote(as(dev), approve())).state).toBe('approved');
  });

  test('approves by itself while its condition is true, and keeps the reason', async () => {
    await db.prisma.approvalRequest.deleteMany({ where: { tenantId: tenant.id } });
    await ask([byGroup(await groupOf(await join()))], {
      autoApproval: { condition: 'service.tier == "3"', reason: 'tier {{ service.tier }} needs nobody' },
    });
    expect(await request()).toMatchObject({ state: 'approved', autoReason: 'tier 3 needs nobody', policyIds: [] });
    expect((await recordedOf(db, tenant.id, 'approval.auto')).auditCount).toBe(1);
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
  });

  test('names its code owners by the owner of the service, an e-mail or a group', async () => {
    const [dev, owner] = [await join(), await join()];
    const groupId = await groupOf(owner);
    const { name } = await db.prisma.userGroup.findFirstOrThrow({ where: { tenantId: tenant.id, id: groupId } });
    await db.prisma.service.updateMany({ where: { tenantId: tenant.id }, data: { owner: name.toUpperCase() } });
    await ask([{ title: 'Owners', who: [{ kind: 'codeOwners' }] }]);
    expect(await endOf(vote(as(dev), approve()))).toBe('precondition');
    expect((await vote(as(owner), approve())).state).toBe('approved');
  });

  test('when its only approver is shut out, the admins of the tenant can, and not before', async () => {
    const dev = await join();
    await ask([byGroup(await groupOf(dev))]);
    expect(await endOf(vote(admin(), approve()))).toBe('precondition');
    const chief = await addPerson(db, { isPlatformAdmin: true });
    await disablePerson(actAs(db, 'platform', { actor: chief.actor }), { userId: dev.id });
    expect((await vote(admin(), approve())).state).toBe('approved');
  });

  test('when its only approver has left the tenant, the admins can', async () => {
    const dev = await join();
    await ask([{ title: 'Dev', who: [{ kind: 'user', userId: dev.id }], count: 1 }]);
    expect(await endOf(vote(admin(), approve()))).toBe('precondition');
    await removeMember(admin(), { userId: dev.id });
    expect((await vote(admin(), approve())).state).toBe('approved');
  });

  test('says where it names people, groups and expressions that are not there', async () => {
    const stages = [
      {
        groups: [
          {
            title: 'x',
            who: [
              { kind: 'group', groupId: other.groupId },
              { kind: 'user', userId: other.people.admin.id },
            ],
          },
        ],
      },
    ];
    const document = {
      title: 'T',
      scope: {},
      appliesTo: {},
      enforcement: 'enforce',
      stages,
      autoApproval: { condition: 'nothing', reason: 'r' },
    };
    await expect(savePolicy(admin(), { kind: 'approval', document })).rejects.toMatchObject({
      fields: [
        { path: 'document.autoApproval.condition' },
        { path: 'document.stages.0.groups.0.who' },
        { path: 'document.stages.0.groups.0.who' },
      ],
    });
    const vetoless = {
      ...document,
      autoApproval: null,
      stages: [{ groups: [{ title: 'x', who: [{ kind: 'codeOwners' }] }] }],
      rejection: 'veto',
    };
    await expect(savePolicy(admin(), { kind: 'approval', document: vetoless })).rejects.toMatchObject({
      fields: [{ path: 'document.rejection' }],
    });
  });
});

describe('a vote', () => {
  test('can be taken back while the request is pending, with its record, and given again', async () => {
    const [one, two] = [await join(), await join()];
    await ask([byGroup(await groupOf(one, two), { count: 2 })]);
    await vote(as(one), approve());
    expect(await endOf(vote(as(one), approve()))).toBe('precondition');
    expect(await withdrawVote(as(one), { approvalId: tenant.approvalId })).toEqual({ state: 'pending', missingCount: 2 });
    expect((await recordedOf(db, tenant.id, 'approval.withdrawVote')).auditCount).toBe(1);
    expect(await endOf(withdrawVote(as(one), { approvalId: tenant.approvalId }))).toBe('precondition');
    await vote(as(one), approve());
    expect((await vote(as(two), approve())).state).toBe('approved');
    expect(await endOf(withdrawVote(as(one), { approvalId: tenant.approvalId }))).toBe('precondition');
    expect(await endOf(withdrawVote(as(one), { approvalId: other.approvalId }))).toBe('notFound');
  });

  test('a no without a veto is an objection; with one it ends the request', async () => {
    const [dev, guard] = [await join(), await join()];
    const groups = [byGroup(await groupOf(dev)), byGroup(await groupOf(guard), { hasVeto: true })];
    await ask(groups, { rejection: 'veto' });
    expect((await vote(as(dev), approve({ answer: 'reject', comment: 'hm' }))).state).toBe('pending');
    expect((await vote(as(guard), approve({ answer: 'reject', comment: 'no' }))).state).toBe('rejected');
  });
});

describe('a stand-in', () => {
  const times = { startsAt: new Date(worldNow.getTime() - 1_000), endsAt: new Date(worldNow.getTime() + 86_400_000) };

  test('votes in the place of whoever named them, until that is taken back', async () => {
    const [away, there] = [await join(), await join('viewer')];
    await ask([byGroup(await groupOf(away))]);
    expect(await endOf(vote(as(there), approve()))).toBe('precondition');
    const { standInId } = await nameStandIn(as(away), { standInId: there.id, ...times, reason: 'holiday' });
    expect((await recordedOf(db, tenant.id, 'approval.nameStandIn')).auditCount).toBe(1);
    expect(await endOf(endStandIn(as(there), { standInId }))).toBe('notFound');
    expect((await vote(as(there), approve())).state).toBe('approved');
    await endStandIn(as(away), { standInId });
    expect(await endOf(endStandIn(as(away), { standInId }))).toBe('notFound');
  });

  test('closes no circle, of two people at once neither', async () => {
    const [ann, ben, cem] = [await join('developer', 'Ann'), await join('developer', 'Ben'), await join('developer', 'Cem')];
    await nameStandIn(as(ann), { standInId: ben.id, ...times });
    await nameStandIn(as(ben), { standInId: cem.id, ...times });
    await expect(nameStandIn(as(cem), { standInId: ann.id, ...times })).rejects.toThrow('Ann, then Ben, then Cem');
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [await join(), await join()];
      const ends = await Promise.all([
        endOf(nameStandIn(as(left), { standInId: right.id, ...times })),
        endOf(nameStandIn(as(right), { standInId: left.id, ...times })),
      ]);
      expect(ends.toSorted()).toEqual(['done', 'precondition']);
    }
  });

  test('is a member, somebody else, for a time that is still to come; others name theirs by an admin only', async () => {
    const dev = await join();
    const name = (standInId: string, over: object = {}) => endOf(nameStandIn(as(dev), { standInId, ...times, ...over }));
    expect(await name(dev.id)).toBe('invalid');
    expect(await name(other.people.admin.id)).toBe('invalid');
    expect(await name(tenant.deputy.id, { endsAt: new Date(worldNow.getTime() - 500) })).toBe('invalid');
    expect(await name(tenant.deputy.id, { endsAt: new Date(worldNow.getTime() + 200 * 86_400_000) })).toBe('invalid');
    expect(await name(tenant.deputy.id, { userId: tenant.people.viewer.id })).toBe('forbidden');
    expect(await endOf(nameStandIn(admin(), { userId: dev.id, standInId: tenant.deputy.id, ...times }))).toBe('done');
  });
});

describe('a group', () => {
  test('is made, changed and removed by those who manage members, with its record', async () => {
    const dev = await join();
    const { groupId } = await saveGroup(admin(), { name: 'Payments', ownersName: '@acme/pay', memberIds: [dev.id, dev.id] });
    expect(await endOf(saveGroup(admin(), { name: 'Payments' }))).toBe('conflict');
    await saveGroup(admin(), { groupId, name: 'Payments team', memberIds: [] });
    expect(await db.prisma.userGroup.findFirst({ where: { tenantId: tenant.id, id: groupId } })).toMatchObject({ name: 'Payments team' });
    expect(await endOf(saveGroup(as(tenant.people.releaseManager), { name: 'x' }))).toBe('forbidden');
    expect(await endOf(saveGroup(admin(), { groupId: other.groupId, name: 'x' }))).toBe('notFound');
    expect(await endOf(saveGroup(admin(), { name: 'x', memberIds: [other.people.viewer.id] }))).toBe('invalid');
    await removeGroup(admin(), { groupId });
    expect(await endOf(removeGroup(admin(), { groupId }))).toBe('notFound');
    expect((await recordedOf(db, tenant.id, 'group.remove')).auditCount).toBe(1);
  });

  test('that a policy asks stays, and whoever leaves the tenant leaves it', async () => {
    const dev = await join();
    const groupId = await groupOf(dev);
    await ask([byGroup(groupId)]);
    expect(await endOf(removeGroup(admin(), { groupId }))).toBe('precondition');
    await removeMember(admin(), { userId: dev.id });
    expect(await db.prisma.userGroupMember.count({ where: { tenantId: tenant.id, groupId } })).toBe(0);
  });
});
