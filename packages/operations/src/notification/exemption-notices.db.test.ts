import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerExemption, askExemption, closeReview } from '../exemption/index.ts';
import { savePolicy } from '../policy/index.ts';
import { createSealer } from '../secret/index.ts';
import { aRule, actAs, addPerson, addToTenant, createTestTenant, systemActor, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { beginDelivery, spreadNotification } from './index.ts';

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
  ({ policyId } = await savePolicy(as(tenant.people.admin), { kind: 'rule', document }));
});

const sealer = createSealer('test-key-test-key-test-key-test-key-test-key');
const means = { sealer, publicUrl: 'https://flow.test' };
const as = (person: TestPerson) => actAs(db, tenant.id, person.actor);
const system = () => actAs(db, tenant.id, systemActor);
const ids = (...people: TestPerson[]) => people.map((person) => person.id).toSorted();
const wish = (kind: 'planned' | 'breakGlass') => ({
  policyId,
  scope: { kind: 'place' as const, serviceId: tenant.serviceId, environmentId: tenant.quietId, artifactId: tenant.artifactId },
  kind,
  use: 'once' as const,
  reason: 'The fix of the outage',
  ticket: 'INC-42',
  lastsMinutes: 120,
});

/** Spreads the notice of a kind, of which there is one, and answers who is written to. */
async function spread(kind: string): Promise<string[]> {
  const { id } = await db.prisma.notification.findFirstOrThrow({ where: { tenantId: tenant.id, kind } });
  await spreadNotification(system(), { notificationId: id, hasMail: true });
  const rows = await db.prisma.notificationDelivery.findMany({ where: { tenantId: tenant.id, notificationId: id } });
  return rows.map((row) => row.receiverId).toSorted();
}

/** The mail of a kind to somebody. */
async function mailOf(kind: string, to: TestPerson): Promise<string> {
  const where = { tenantId: tenant.id, receiverId: to.id, notification: { kind } };
  const { id } = await db.prisma.notificationDelivery.findFirstOrThrow({ where });
  const start = await beginDelivery(system(), { deliveryId: id }, means);
  return start.kind === 'send' ? `${start.letter.message.subject}\n${start.letter.message.text}` : start.kind;
}

test('who can give an exemption hears that it is asked for, and whoever asked hears the answer', async () => {
  const { exemptionId } = await askExemption(as(tenant.people.developer), wish('planned'));
  expect(await spread('exemptionAsked')).toEqual(ids(tenant.people.admin, tenant.people.releaseManager, tenant.deputy));
  const mail = await mailOf('exemptionAsked', tenant.people.admin);
  for (const part of ['An exemption is asked for', '"Closed"', 'The fix of the outage, INC-42', '/governance/exemptions?view=asked'])
    expect(mail).toContain(part);
  await answerExemption(as(tenant.people.admin), { exemptionId, answer: 'refuse', note: 'Wait for Monday' });
  expect(await spread('exemptionAnswered')).toEqual([tenant.people.developer.id]);
  const answer = await mailOf('exemptionAnswered', tenant.people.developer);
  expect(answer).toContain('Exemption refused');
  expect(answer).toContain('Wait for Monday');
});

test('a giver who asks is not told of their own wish', async () => {
  await askExemption(as(tenant.people.admin), wish('planned'));
  expect(await spread('exemptionAsked')).toEqual(ids(tenant.people.releaseManager, tenant.deputy));
});

test('a break-glass is told at once to all who can review it, and again when its review is due, to nobody who took part', async () => {
  await askExemption(as(tenant.people.releaseManager), wish('breakGlass'));
  expect(await spread('breakGlassTaken')).toEqual(ids(tenant.people.admin, tenant.deputy));
  expect(await mailOf('breakGlassTaken', tenant.people.admin)).toContain('Break-glass, to be reviewed by someone else');
  const { id } = await db.prisma.notification.findFirstOrThrow({ where: { tenantId: tenant.id, kind: 'reviewOverdue' } });
  const due = await db.prisma.job.findFirstOrThrow({ where: { kind: 'notification', key: id } });
  expect(due.runAt.getTime() - worldNow.getTime()).toBe(48 * 3_600_000);
  expect(await spread('reviewOverdue')).toEqual(ids(tenant.people.admin, tenant.deputy));
});

test('a review that is closed in time is not called overdue', async () => {
  const { exemptionId } = await askExemption(as(tenant.people.releaseManager), wish('breakGlass'));
  await closeReview(as(tenant.people.admin), { exemptionId, note: 'It was right' });
  expect(await spread('reviewOverdue')).toEqual([]);
});

test('what the platform has put in force is told to those of its admins who are members', async () => {
  const chief = await addToTenant(db, tenant.id, { person: await addPerson(db), role: 'viewer' });
  await db.prisma.user.update({ where: { id: chief.id }, data: { isPlatformAdmin: true } });
  const { exemptionId } = await askExemption(as(tenant.people.developer), wish('planned'));
  await db.prisma.exemption.update({ where: { tenantId_id: { tenantId: tenant.id, id: exemptionId } }, data: { isOfPlatform: true } });
  expect(await spread('exemptionAsked')).toEqual([chief.id]);
});
