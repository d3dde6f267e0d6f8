import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expireApproval, openLink, requestApproval, vote, voteByLink } from '../approval/index.ts';
import { savePolicy } from '../policy/index.ts';
import { createSealer } from '../secret/index.ts';
import { saveGroup } from '../group/index.ts';
import { actAs, addPerson, addToTenant, createTestTenant, endOf, isWoken, recordedOf, systemActor, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import {
  beginDelivery,
  createChannel,
  recordDelivery,
  removeChannel,
  retryDelivery,
  saveNotificationSettings,
  spreadNotification,
} from './index.ts';

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
  await db.prisma.approvalRequest.deleteMany({ where: { tenantId: tenant.id } });
});

const sealer = createSealer('test-key-test-key-test-key-test-key-test-key');
const means = { sealer, publicUrl: 'https://flow.test' };
const as = (person: TestPerson, over: object = {}) => actAs(db, tenant.id, { actor: person.actor, ...over });
const system = (over: object = {}) => actAs(db, tenant.id, { actor: systemActor, ...over });
const later = (ms: number) => new Date(worldNow.getTime() + ms);
const ask = async () => (await requestApproval(system(), { deploymentId: tenant.waitingId })).approvalId;
const told = (kind: string) => db.prisma.notification.findMany({ where: { tenantId: tenant.id, kind }, orderBy: { createdAt: 'asc' } });
const deliveriesOf = (notificationId: string) =>
  db.prisma.notificationDelivery.findMany({ where: { tenantId: tenant.id, notificationId }, orderBy: { receiverId: 'asc' } });

/** Spreads all that was told of, and answers the receivers by mail of the newest of the kind. */
async function spread(kind: string): Promise<string[]> {
  const all = await told(kind);
  for (const { id } of all) await spreadNotification(system(), { notificationId: id, hasMail: true });
  const newest = all.at(-1);
  return newest === undefined ? [] : (await deliveriesOf(newest.id)).filter((one) => one.route === 'email').map((one) => one.receiverId);
}
const approve = (approvalId: string) => ({ approvalId, answer: 'approve' as const, shownHash: `hash-${tenant.waitingId}` });
const ids = (...people: TestPerson[]) => people.map((person) => person.id).toSorted();

describe('what happens is told once', () => {
  test('that an approval is needed, to everyone who can help and nobody else', async () => {
    await ask();
    await ask();
    expect(await told('approvalNeeded')).toHaveLength(1);
    expect(await spread('approvalNeeded')).toEqual(ids(tenant.people.releaseManager, tenant.people.admin, tenant.deputy));
    expect(await spread('approvalNeeded')).toHaveLength(3);
    const [first] = await told('approvalNeeded');
    expect(await isWoken(db, 'notification', first?.id ?? '')).toBe(true);
  });

  test('to the next group when its turn has come, and to nobody twice', async () => {
    const person = async () => addToTenant(db, tenant.id, { person: await addPerson(db), role: 'developer' });
    const [one, both, two] = [await person(), await person(), await person()];
    const groupOf = async (name: string, ...people: TestPerson[]) =>
      (await saveGroup(as(tenant.people.admin), { name, memberIds: people.map(({ id }) => id) })).groupId;
    const groups = [await groupOf('A', one, both), await groupOf('B', two, both)];
    const stages = groups.map((groupId) => ({ groups: [{ title: groupId, who: [{ kind: 'group', groupId }] }] }));
    await db.prisma.environment.updateMany({ where: { tenantId: tenant.id }, data: { requiredApprovals: 0 } });
    await savePolicy(as(tenant.people.admin), {
      kind: 'approval',
      document: { title: 'T', scope: {}, appliesTo: {}, enforcement: 'enforce', stages },
    });
    const approvalId = await ask();
    expect(await spread('approvalNeeded')).toEqual(ids(one, both));
    await vote(as(one), approve(approvalId));
    expect(await spread('approvalNeeded')).toEqual(ids(two));
    await vote(as(two), approve(approvalId));
    expect(await told('approvalNeeded')).toHaveLength(2);
  });

  test('what became of it, to whoever asked', async () => {
    const approvalId = await ask();
    await vote(as(tenant.people.admin), { ...approve(approvalId), answer: 'reject', comment: 'not on a Friday' });
    expect(await told('approvalDecided')).toMatchObject([{ state: 'rejected', reason: 'not on a Friday' }]);
    expect(await spread('approvalDecided')).toEqual([tenant.people.developer.id]);
  });

  test('that it is about to expire, once, to those who can help and the admins; and that it has', async () => {
    const approvalId = await ask();
    expect(await expireApproval(system(), { approvalId })).toEqual({ again: later(68 * 3_600_000) });
    for (let look = 0; look < 3; look += 1)
      expect(await expireApproval(system({ now: later(68 * 3_600_000 + look) }), { approvalId })).toEqual({ again: later(72 * 3_600_000) });
    expect(await told('approvalExpiring')).toHaveLength(1);
    expect(await spread('approvalExpiring')).toEqual(ids(tenant.people.releaseManager, tenant.people.admin, tenant.deputy));
    await expireApproval(system({ now: later(72 * 3_600_000) }), { approvalId });
    expect(await told('approvalDecided')).toMatchObject([{ state: 'expired' }]);
  });

  test('as each person wants it', async () => {
    await saveNotificationSettings(as(tenant.people.admin), { email: [], chat: ['approvalNeeded'], chatName: '@adam' });
    await createChannel(
      as(tenant.people.admin),
      { name: 'Chat', url: 'https://chat.test/x', kinds: ['approvalNeeded'] },
      { sealer, checkUrl: () => ({ ok: true }) },
    );
    await ask();
    expect(await spread('approvalNeeded')).toEqual(ids(tenant.people.releaseManager, tenant.deputy));
    const [needed] = await told('approvalNeeded');
    expect((await deliveriesOf(needed?.id ?? '')).find((one) => one.route === 'webhook')?.mentions).toEqual(['@adam']);
    expect(await endOf(saveNotificationSettings(as(other.people.admin), { email: [], chat: [], chatName: '' }))).toBe('forbidden');
  });
});

describe('a delivery', () => {
  const mailTo = async (person: TestPerson) => {
    await ask();
    await spread('approvalNeeded');
    return (await db.prisma.notificationDelivery.findFirstOrThrow({ where: { tenantId: tenant.id, receiverId: person.id } })).id;
  };
  const stateOf = async (id: string) =>
    (await db.prisma.notificationDelivery.findFirstOrThrow({ where: { tenantId: tenant.id, id } })).state;
  const failed = { kind: 'failed' as const, answer: 'HTTP 503' };

  test('is written down before it is sent and after, with what was answered', async () => {
    const deliveryId = await mailTo(tenant.people.admin);
    const start = await beginDelivery(system(), { deliveryId }, means);
    expect(start).toMatchObject({ kind: 'send', letter: { route: 'email', to: tenant.people.admin.email } });
    expect(await stateOf(deliveryId)).toBe('sending');
    await recordDelivery(system(), { deliveryId, outcome: { kind: 'sent', answer: 'ok' }, random: 0 });
    expect(await stateOf(deliveryId)).toBe('sent');
    expect(await beginDelivery(system(), { deliveryId }, means)).toEqual({ kind: 'over' });
    expect(await endOf(retryDelivery(as(tenant.people.admin), { deliveryId }))).toBe('precondition');
  });

  test('that fails waits and is tried again, then is set aside, where an admin has it tried again', async () => {
    const deliveryId = await mailTo(tenant.people.admin);
    let now = worldNow;
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      expect((await beginDelivery(system({ now }), { deliveryId }, means)).kind).toBe('send');
      const { nextAt } = await recordDelivery(system({ now }), { deliveryId, outcome: failed, random: 0.5 });
      if (nextAt === null) break;
      expect((await beginDelivery(system({ now }), { deliveryId }, means)).kind).toBe('later');
      now = nextAt;
    }
    expect(await stateOf(deliveryId)).toBe('dead');
    expect(await endOf(retryDelivery(as(tenant.people.releaseManager), { deliveryId }))).toBe('forbidden');
    expect(await endOf(retryDelivery(actAs(db, other.id, other.people.admin.actor), { deliveryId }))).toBe('notFound');
    await retryDelivery(as(tenant.people.admin), { deliveryId });
    expect(await isWoken(db, 'delivery', deliveryId)).toBe(true);
    expect((await recordedOf(db, tenant.id, 'notification.retry')).auditCount).toBe(1);
    expect((await beginDelivery(system(), { deliveryId }, means)).kind).toBe('send');
  });

  test('by mail that was cut off is set aside and never sent twice by itself; a call is made again under its id', async () => {
    const deliveryId = await mailTo(tenant.people.admin);
    await beginDelivery(system(), { deliveryId }, means);
    expect(await beginDelivery(system(), { deliveryId }, means)).toEqual({ kind: 'over' });
    expect(await stateOf(deliveryId)).toBe('unknown');
    const kinds = ['approvalNeeded' as const];
    const { channelId } = await createChannel(
      as(tenant.people.admin),
      { name: 'C', url: 'https://c.test/', kinds },
      { sealer, checkUrl: () => ({ ok: true }) },
    );
    await db.prisma.notification.updateMany({ where: { tenantId: tenant.id }, data: { spreadAt: null } });
    await spread('approvalNeeded');
    const call = await db.prisma.notificationDelivery.findFirstOrThrow({ where: { tenantId: tenant.id, receiverId: channelId } });
    const first = await beginDelivery(system(), { deliveryId: call.id }, means);
    expect(await beginDelivery(system(), { deliveryId: call.id }, means)).toEqual(first);
  });

  test('to someone who has left, or a channel that was removed, is set aside', async () => {
    const deliveryId = await mailTo(tenant.deputy);
    await db.prisma.membership.delete({ where: { tenantId_userId: { tenantId: tenant.id, userId: tenant.deputy.id } } });
    expect(await beginDelivery(system(), { deliveryId }, means)).toEqual({ kind: 'over' });
    expect(await stateOf(deliveryId)).toBe('dead');
    await removeChannel(as(tenant.people.admin), { channelId: tenant.channelId });
    expect(await endOf(removeChannel(as(tenant.people.admin), { channelId: other.channelId }))).toBe('notFound');
    expect(await db.prisma.notificationChannel.findFirstOrThrow({ where: { id: tenant.channelId } })).toMatchObject({ sealedSecret: '' });
  });
});

describe('a link in a message', () => {
  const linkOf = async (person: TestPerson, answer: 'Approve' | 'Reject' = 'Approve') => {
    const approvalId = await ask();
    await spread('approvalNeeded');
    const delivery = await db.prisma.notificationDelivery.findFirstOrThrow({ where: { tenantId: tenant.id, receiverId: person.id } });
    const start = await beginDelivery(system(), { deliveryId: delivery.id }, means);
    const text = start.kind === 'send' ? start.letter.message.text : '';
    const address = text.split('\n').find((line) => line.startsWith(`${answer}: `)) ?? '';
    return { approvalId, link: new URL(address.slice(answer.length + 2)).searchParams.get('link') ?? '' };
  };

  test('opens the request with its answer, needs the person and one confirmation, and works once', async () => {
    const { approvalId, link } = await linkOf(tenant.people.admin);
    expect(await openLink(as(tenant.people.admin), { link }, sealer)).toMatchObject({ approvalId, answer: 'approve', whyNot: '' });
    expect(await db.prisma.approvalVote.count({ where: { tenantId: tenant.id } })).toBe(0);
    expect((await openLink(as(tenant.deputy), { link }, sealer)).whyNot).toContain('somebody else');
    expect(await endOf(voteByLink(as(tenant.deputy), { link }, sealer))).toBe('precondition');
    expect((await voteByLink(as(tenant.people.admin), { link }, sealer)).state).toBe('approved');
    expect((await openLink(as(tenant.people.admin), { link }, sealer)).whyNot).toContain('used');
    expect(await endOf(voteByLink(as(tenant.people.admin), { link }, sealer))).toBe('precondition');
  });

  test('of many uses at the same instant exactly one counts', async () => {
    const { link } = await linkOf(tenant.people.admin);
    const ends = await Promise.all(Array.from({ length: 6 }, () => endOf(voteByLink(as(tenant.people.admin), { link }, sealer))));
    expect(ends.filter((end) => end === 'done')).toHaveLength(1);
    expect(await db.prisma.approvalVote.count({ where: { tenantId: tenant.id } })).toBe(1);
  });

  test('runs out, is for what was shown, opens in its tenant only, and cannot be changed', async () => {
    const { link } = await linkOf(tenant.people.admin, 'Reject');
    expect(await endOf(voteByLink(as(tenant.people.admin), { link }, sealer))).toBe('invalid');
    const late = as(tenant.people.admin, { now: later(73 * 3_600_000) });
    expect(await endOf(voteByLink(late, { link, comment: 'no' }, sealer))).toBe('precondition');
    expect(await endOf(voteByLink(actAs(db, other.id, other.people.admin.actor), { link, comment: 'no' }, sealer))).toBe('invalid');
    const changed = `${link.slice(0, -3)}abc`;
    expect(await endOf(voteByLink(as(tenant.people.admin), { link: changed, comment: 'no' }, sealer))).toBe('invalid');
    await db.prisma.approvalRequest.updateMany({ where: { tenantId: tenant.id }, data: { subjectHash: 'other' } });
    expect((await openLink(as(tenant.people.admin), { link }, sealer)).whyNot).toContain('changed');
    expect(await endOf(voteByLink(as(tenant.people.admin), { link, comment: 'no' }, sealer))).toBe('precondition');
  });
});

test('a channel is made by those who may, at an address that may be called', async () => {
  const input = { name: 'Chat', url: 'https://chat.test/x', kinds: ['deploymentFailed' as const] };
  const open = { sealer, checkUrl: () => ({ ok: true as const }) };
  expect(await endOf(createChannel(as(tenant.people.releaseManager), input, open))).toBe('forbidden');
  const closed = { sealer, checkUrl: () => ({ ok: false as const, message: 'no' }) };
  expect(await endOf(createChannel(as(tenant.people.admin), input, closed))).toBe('invalid');
  const { channelId, secret } = await createChannel(as(tenant.people.admin), input, open);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{40,}$/);
  expect(JSON.stringify(await db.prisma.notificationChannel.findFirstOrThrow({ where: { id: channelId } }))).not.toContain(secret.slice(6));
});
