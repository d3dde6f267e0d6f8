import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { listExternalChecks, listQuestions } from '@flow/db/external-check';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { platformTenantId } from '../context/index.ts';
import { closeIncident } from '../incident/index.ts';
import { archivePolicy, savePolicy } from '../policy/index.ts';
import { createSealer } from '../secret/index.ts';
import { actAs, addPerson, createTestTenant, endOf, isWoken, systemActor, worldNow } from '../testing/index.ts';
import type { TestPerson, TestTenant } from '../testing/index.ts';
import { judgeById } from '../verdict/index.ts';
import { signedHeaders } from '../webhook/index.ts';
import { answerLater, askAgain, askExternal, beginCall, createExternal, proveAnswer, recordCall, removeExternal } from './index.ts';

// A gate of the platform stands before every tenant and asks a service of the platform, once for each deployment.
let database: TestDatabase;
let db: Database;
let chief: TestPerson;
let tenant: TestTenant;
let other: TestTenant;
let made: Awaited<ReturnType<typeof createExternal>>;
let gateId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  chief = await addPerson(db, { isPlatformAdmin: true });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await db.prisma.policy.deleteMany({ where: { tenantId: platformTenantId } });
  await db.prisma.externalCheck.deleteMany({ where: { tenantId: platformTenantId } });
  [tenant, other] = [await createTestTenant(db), await createTestTenant(db)];
  for (const one of [tenant, other]) await closeIncident(as(one, 'admin'), { incidentId: one.incidentId });
  made = await createExternal(ofPlatform(), settings, means);
  gateId = (await saveGate(ofPlatform(), made.externalId)).policyId;
});

const sealer = createSealer(Buffer.alloc(32, 7).toString('base64'));
const means = { sealer, publicUrl: 'https://flow.test', checkUrl: () => ({ ok: true }) as const };
const settings = {
  name: 'Board of all',
  url: 'https://board.test/check?key=canary',
  timeoutSeconds: 30,
  retriesMax: 3,
  answerWithinMinutes: 60,
};
const as = (one: TestTenant, person: keyof TestTenant['people']) => actAs(db, one.id, one.people[person].actor);
const ofPlatform = () => actAs(db, platformTenantId, chief.actor);
const system = (one: TestTenant) => actAs(db, one.id, { actor: systemActor, now: worldNow });
const saveGate = (ctx: ReturnType<typeof ofPlatform>, externalId: string) =>
  savePolicy(ctx, {
    kind: 'gate',
    document: {
      title: 'Allowed by the board',
      scope: {},
      appliesTo: {},
      enforcement: 'enforce',
      checks: [{ kind: 'external', key: 'board', title: 'Board', externalId }],
    },
  });
const judged = (one: TestTenant) => judgeById(db.prisma, one.id, { deploymentId: one.waitingId, now: worldNow });
const ofGate = async (one: TestTenant) =>
  (await judged(one)).verdict.reasons.filter(({ source }) => source === 'gate').map(({ sentence }) => sentence);
const standing = (one: TestTenant) =>
  db.prisma.externalQuestion.findFirst({ where: { tenantId: one.id, externalId: made.externalId, standsFor: { not: null } } });

/** Asks as a worker does when the verdict says that an answer is needed. */
async function ask(one: TestTenant): Promise<string> {
  const { toAsk } = await judged(one);
  expect(toAsk).toEqual([made.externalId]);
  const row = await db.prisma.deployment.findFirstOrThrow({ where: { tenantId: one.id, id: one.waitingId }, include: { artifact: true } });
  const about = { deploymentId: row.id, digest: row.artifact.digest, configurationHash: row.snapshotHash };
  await db.prisma.$transaction((tx) => askExternal(system(one), tx, { externalId: made.externalId, ...about }));
  return (await standing(one))?.id ?? '';
}

describe('an external check of the platform', () => {
  test('is made and taken away by platform admins alone, and stays while a gate of the platform names it', async () => {
    expect(await endOf(createExternal(actAs(db, platformTenantId, tenant.people.admin.actor), settings, means))).toBe('forbidden');
    expect(await endOf(removeExternal(as(tenant, 'admin'), { externalId: made.externalId }))).toBe('notFound');
    expect(await endOf(removeExternal(actAs(db, platformTenantId, tenant.people.admin.actor), { externalId: made.externalId }))).toBe(
      'forbidden',
    );
    expect(await endOf(removeExternal(ofPlatform(), { externalId: tenant.externalId }))).toBe('notFound');
    expect(await endOf(removeExternal(ofPlatform(), { externalId: made.externalId }))).toBe('precondition');
    await archivePolicy(ofPlatform(), { policyId: gateId });
    expect(await endOf(removeExternal(ofPlatform(), { externalId: made.externalId }))).toBe('done');
  });

  test('is asked by gates of the platform, and those of a tenant ask their own', async () => {
    expect(await endOf(saveGate(as(tenant, 'admin'), made.externalId))).toBe('invalid');
    expect(await endOf(saveGate(ofPlatform(), tenant.externalId))).toBe('invalid');
    expect(await endOf(saveGate(as(tenant, 'admin'), tenant.externalId))).toBe('done');
    const listed = await listExternalChecks(db.prisma, tenant.id);
    expect(new Map(listed.map(({ id, isPlatform }) => [id, isPlatform]))).toEqual(
      new Map([
        [made.externalId, true],
        [tenant.externalId, false],
      ]),
    );
  });
});

describe('its question', () => {
  test('is asked for each deployment of each tenant by itself, signed with its key, and the evidence is kept where it was asked', async () => {
    expect(await ofGate(tenant)).toEqual([expect.stringContaining('it is asked when a deployment is prepared')]);
    const [questionId, ofOther] = [await ask(tenant), await ask(other)];
    expect(questionId).not.toBe(ofOther);
    const start = await beginCall(system(tenant), { questionId }, means);
    if (start.kind !== 'call') throw new Error(start.kind);
    expect(start.call).toMatchObject({ url: settings.url, callKey: made.callKey });
    expect(JSON.parse(start.call.body)).toMatchObject({ data: { id: questionId, deployment: { id: tenant.waitingId } } });
    await db.prisma.job.deleteMany({});
    await recordCall(system(tenant), { questionId, outcome: { kind: 'answered', result: 'refused', reason: 'No window' }, random: 0 });
    expect(await ofGate(tenant)).toEqual([expect.stringContaining('Board of all refused: No window')]);
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
    expect(await isWoken(db, 'deployment', other.waitingId)).toBe(false);
    expect(await db.prisma.evidence.findMany({ where: { kind: 'external' } })).toMatchObject([
      { tenantId: tenant.id, source: 'Board of all' },
    ]);
    expect((await standing(other))?.state).toBe('waiting');
  });

  test('is answered later with the key for answers, and never with that of another check or of the calls', async () => {
    const questionId = await ask(tenant);
    await beginCall(system(tenant), { questionId }, means);
    await recordCall(system(tenant), { questionId, outcome: { kind: 'pending', reason: '' }, random: 0 });
    const own = await createExternal(as(tenant, 'admin'), { name: 'Own', url: 'https://own.test/' }, means);
    const body = JSON.stringify({ id: questionId, deploymentId: tenant.waitingId, result: 'allowed', reason: 'CHG1' });
    const proven = (key: string) => {
      const headers = signedHeaders(key, { id: 'answer-1', body, now: worldNow });
      return proveAnswer({ db, sealer, now: worldNow }, questionId, { headers, body: Buffer.from(body) });
    };
    for (const wrong of [made.callKey, own.answerKey, own.callKey]) expect(await endOf(proven(wrong))).toBe('unauthenticated');
    expect(await answerLater(system(tenant), await proven(made.answerKey))).toEqual({ outcome: 'kept' });
    expect(await ofGate(tenant)).toEqual([]);
  });

  test('and its answer are seen by the tenant, who has it asked again, without its keys or its address', async () => {
    const questionId = await ask(tenant);
    await beginCall(system(tenant), { questionId }, means);
    await recordCall(system(tenant), { questionId, outcome: { kind: 'answered', result: 'refused', reason: 'No window' }, random: 0 });
    const shown = await listQuestions(db.prisma, tenant.id, tenant.waitingId);
    expect(shown).toContainEqual(expect.objectContaining({ name: 'Board of all', state: 'answered', said: 'No window' }));
    expect(await listQuestions(db.prisma, other.id, tenant.waitingId)).toEqual([]);
    await askAgain(as(tenant, 'developer'), { deploymentId: tenant.waitingId, questionId });
    expect((await standing(tenant))?.state).toBe('waiting');
    const entries = await db.prisma.auditEntry.findMany({ where: { tenantId: tenant.id } });
    expect(JSON.stringify([entries, shown])).not.toContain('canary');
  });

  test('can be about no service of another tenant, whatever a program does', async () => {
    const row = {
      id: 'q',
      externalId: other.externalId,
      deploymentId: tenant.waitingId,
      digest: 'd',
      configurationHash: 'h',
      state: 'waiting',
    };
    const asked = { tenantId: tenant.id, checkTenantId: other.id, ...row, askedAt: worldNow, askedByName: 'Flow' };
    await expect(db.prisma.externalQuestion.create({ data: asked })).rejects.toThrow('external_question_asks_own_or_platform');
  });
});
