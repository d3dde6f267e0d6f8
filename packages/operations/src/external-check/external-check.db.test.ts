import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OperationContext } from '../context/index.ts';
import { closeIncident } from '../incident/index.ts';
import { savePolicy } from '../policy/index.ts';
import { createSealer } from '../secret/index.ts';
import { actAs, createTestTenant, endOf, isWoken, recordedOf, systemActor, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { judgeById } from '../verdict/index.ts';
import { signedHeaders } from '../webhook/index.ts';
import { answerLater, askAgain, askExternal, beginCall, createExternal, proveAnswer, recordCall, removeExternal } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let made: Awaited<ReturnType<typeof createExternal>>;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const sealer = createSealer(Buffer.alloc(32, 7).toString('base64'));
const means = { sealer, publicUrl: 'https://flow.test' };
const checkUrl = (url: string) => (url.startsWith('https://') ? ({ ok: true } as const) : { ok: false as const, message: 'no' });
const as = (person: keyof TestTenant['people']): OperationContext => actAs(db, tenant.id, tenant.people[person].actor);
const system = (now = worldNow): OperationContext => actAs(db, tenant.id, { actor: systemActor, now });
const later = (seconds: number): Date => new Date(worldNow.getTime() + seconds * 1_000);
const settings = { name: 'Board', url: 'https://board.test/check', timeoutSeconds: 30, retriesMax: 3, answerWithinMinutes: 60 };
const gateOf = (check: object = {}) => ({
  title: 'Ready',
  scope: {},
  appliesTo: {},
  enforcement: 'enforce',
  checks: [{ kind: 'external', key: 'board', title: 'Board', externalId: made.externalId, ...check }],
});
const saveGate = (check: object = {}) => savePolicy(as('admin'), { kind: 'gate', document: JSON.parse(JSON.stringify(gateOf(check))) });
const judged = (now = worldNow) => judgeById(db.prisma, tenant.id, { deploymentId: tenant.waitingId, now });
const ofGate = async (now = worldNow) => (await judged(now)).verdict.reasons.filter(({ source }) => source === 'gate');
const question = async (): Promise<string> => {
  const row = await db.prisma.externalQuestion.findFirstOrThrow({
    where: { tenantId: tenant.id, externalId: made.externalId, standsFor: { not: null } },
  });
  return row.id;
};

beforeEach(async () => {
  tenant = await createTestTenant(db);
  await closeIncident(as('admin'), { incidentId: tenant.incidentId });
  made = await createExternal(as('admin'), settings, { sealer, checkUrl });
});

/** Asks as a worker does when the verdict says that an answer is needed. */
async function ask(now = worldNow): Promise<string> {
  const { toAsk } = await judged(now);
  const deployment = await db.prisma.deployment.findFirstOrThrow({
    where: { tenantId: tenant.id, id: tenant.waitingId },
    include: { artifact: true },
  });
  const about = { deploymentId: deployment.id, digest: deployment.artifact.digest, configurationHash: deployment.snapshotHash };
  for (const externalId of toAsk) await db.prisma.$transaction((tx) => askExternal(system(now), tx, { externalId, ...about }));
  return question();
}

/** A call of which this came. */
async function called(outcome: Parameters<typeof recordCall>[1]['outcome'], now = worldNow): Promise<Date | null> {
  const questionId = await question();
  expect((await beginCall(system(now), { questionId }, means)).kind).toBe('call');
  return (await recordCall(system(now), { questionId, outcome, random: 0.5 })).nextAt;
}

interface Sent {
  body: object | string;
  id?: string;
  secret?: string;
  at?: Date;
  now?: Date;
}

/** A call-back as an outside service sends it. */
async function callBack(questionId: string, { body, id = 'answer-1', secret = made.answerKey, at = worldNow, now = worldNow }: Sent) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const delivery = { headers: signedHeaders(secret, { id, body: text, now: at }), body: Buffer.from(text) };
  return answerLater(system(now), await proveAnswer({ db, sealer, now }, questionId, delivery));
}

describe('an external check', () => {
  test('is made by those who make policies, with an address that may be called', async () => {
    expect(await endOf(createExternal(as('releaseManager'), settings, { sealer, checkUrl }))).toBe('forbidden');
    expect(await endOf(createExternal(as('admin'), { ...settings, url: 'http://10.0.0.1/' }, { sealer, checkUrl }))).toBe('invalid');
    expect(await recordedOf(db, tenant.id, 'externalCheck.create')).toMatchObject({ auditCount: 1 });
    const entries = await db.prisma.auditEntry.findMany({ where: { tenantId: tenant.id } });
    for (const key of [made.callKey, made.answerKey]) expect(JSON.stringify(entries)).not.toContain(key.slice(6));
  });

  test('is named by gates of its own tenant only, and stays while one names it', async () => {
    expect(await endOf(saveGate({ externalId: 'unknown' }))).toBe('invalid');
    const other = await createTestTenant(db);
    expect(await endOf(saveGate({ externalId: other.externalId }))).toBe('invalid');
    await saveGate();
    expect(await endOf(removeExternal(as('admin'), { externalId: made.externalId }))).toBe('precondition');
    expect(await endOf(removeExternal(as('admin'), { externalId: other.externalId }))).toBe('notFound');
    expect(await endOf(removeExternal(as('releaseManager'), { externalId: tenant.externalId }))).toBe('forbidden');
    expect(await endOf(removeExternal(as('admin'), { externalId: tenant.externalId }))).toBe('done');
  });
});

describe('a question', () => {
  test('is asked once about what is prepared, with the facts of the deployment, and its answer starts what waits', async () => {
    await saveGate();
    expect((await ofGate())[0]?.sentence).toContain('it is asked when a deployment is prepared');
    const questionId = await ask();
    expect((await judged()).toAsk).toEqual([]);
    expect((await ofGate())[0]?.sentence).toContain('waiting for Board since 2026-03-01 10:00 UTC');
    expect(await isWoken(db, 'externalCheck', questionId)).toBe(true);
    const start = await beginCall(system(), { questionId }, means);
    if (start.kind !== 'call') throw new Error(start.kind);
    expect(start.call).toMatchObject({ url: settings.url, callKey: made.callKey, timeoutSeconds: 30 });
    expect(JSON.parse(start.call.body)).toMatchObject({
      type: 'flow.check',
      data: {
        id: questionId,
        callbackUrl: `https://flow.test/api/webhooks/checks/${questionId}`,
        deployment: { id: tenant.waitingId, service: 'checkout', environment: 'prod', regions: ['eu-west'] },
        artifact: { digest: `sha256:${'b'.repeat(64)}`, version: '1.1.0' },
        configurationHash: `hash-${tenant.waitingId}`,
      },
    });
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await recordCall(system(), { questionId, outcome: { kind: 'answered', result: 'allowed', reason: 'CHG1' }, random: 0 });
    expect(await ofGate()).toEqual([]);
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
    const kept = await db.prisma.evidence.findFirstOrThrow({ where: { tenantId: tenant.id, kind: 'external' } });
    expect(kept).toMatchObject({ digest: `sha256:${'b'.repeat(64)}`, source: 'Board' });
    expect(kept.fact).toMatchObject({ configurationHash: `hash-${tenant.waitingId}`, result: 'allowed', detail: 'CHG1' });
  });

  test('that is refused refuses with the reason, and another configuration is asked about anew', async () => {
    await saveGate();
    await ask();
    await called({ kind: 'answered', result: 'refused', reason: 'no change window' });
    expect(await ofGate()).toMatchObject([{ effect: 'deny', sentence: 'Ready: Board: Board refused: no change window' }]);
    const where = { tenantId_id: { tenantId: tenant.id, id: tenant.waitingId } };
    await db.prisma.deployment.update({ where, data: { snapshotHash: 'another' } });
    expect((await judged()).toAsk).toEqual([made.externalId]);
  });

  test('that is not answered is tried again, and then holds, refuses or lets pass as the gate says', async () => {
    const { policyId } = await saveGate();
    await ask();
    const slow = { kind: 'failed', trouble: 'did not answer in 30 s' } as const;
    expect(await called(slow)).toEqual(later(5));
    expect(await beginCall(system(), { questionId: await question() }, means)).toEqual({ kind: 'later', at: later(5) });
    expect((await ofGate())[0]?.sentence).toContain('Board did not answer in 30 s, tried once');
    await called(slow, later(5));
    await called(slow, later(60));
    expect(await called(slow, later(300))).toBeNull();
    expect(await ofGate()).toMatchObject([{ effect: 'hold', sentence: 'Ready: Board: Board did not answer in 30 s, tried 4 times' }]);
    const change = (ifSilent: string, seenRevision: number) =>
      savePolicy(as('admin'), { kind: 'gate', policyId, seenRevision, document: JSON.parse(JSON.stringify(gateOf({ ifSilent }))) });
    await change('refuse', 1);
    expect(await ofGate()).toMatchObject([{ effect: 'deny' }]);
    await change('pass', 2);
    expect(await ofGate()).toEqual([]);
  });

  test('that is to be answered later is waited for until its time is over', async () => {
    await saveGate();
    const questionId = await ask();
    expect(await called({ kind: 'pending', reason: 'it meets at noon' })).toEqual(later(3_600));
    expect((await ofGate())[0]?.sentence).toContain('it meets at noon');
    expect(await beginCall(system(later(3_600)), { questionId }, means)).toEqual({ kind: 'over' });
    expect((await ofGate(later(3_600)))[0]?.sentence).toContain('took the question and did not answer it in time');
  });

  test('whose call was cut off is sent again under the same id, and is not counted twice', async () => {
    await saveGate();
    const questionId = await ask();
    const first = await beginCall(system(), { questionId }, means);
    expect(await beginCall(system(), { questionId }, means)).toEqual(first);
    await recordCall(system(), { questionId, outcome: { kind: 'unfit', trouble: 'answered HTTP 404' }, random: 0 });
    expect((await ofGate())[0]?.sentence).toContain('answered HTTP 404, tried once');
  });
});

test('about a deployment that is over, nobody is called', async () => {
  await saveGate();
  const questionId = await ask();
  const id = { tenantId_id: { tenantId: tenant.id, id: tenant.waitingId } };
  await db.prisma.deployment.update({ where: id, data: { state: 'cancelled' } });
  expect(await beginCall(system(), { questionId }, means)).toEqual({ kind: 'over' });
});

describe('a call-back', () => {
  const answerOf = (id: string, over: object = {}) => ({ id, deploymentId: tenant.waitingId, result: 'allowed', reason: 'CHG1', ...over });

  test('counts once, however often it comes, and no other one after it', async () => {
    await saveGate();
    const id = await ask();
    await called({ kind: 'pending', reason: '' });
    expect(await callBack(id, { body: answerOf(id) })).toEqual({ outcome: 'kept' });
    expect(await callBack(id, { body: answerOf(id) })).toEqual({ outcome: 'repeated' });
    expect(await endOf(callBack(id, { id: 'answer-2', body: answerOf(id, { result: 'refused' }) }))).toBe('conflict');
    expect(await ofGate()).toEqual([]);
    expect(await db.prisma.evidence.count({ where: { tenantId: tenant.id, kind: 'external' } })).toBe(1);
  });

  test('of two at the same time one is kept', async () => {
    await saveGate();
    const id = await ask();
    const ends = await Promise.all([
      endOf(callBack(id, { id: 'one', body: answerOf(id) })),
      endOf(callBack(id, { id: 'two', body: answerOf(id, { result: 'refused' }) })),
    ]);
    expect(ends.toSorted()).toEqual(['conflict', 'done']);
    expect(await db.prisma.evidence.count({ where: { tenantId: tenant.id, kind: 'external' } })).toBe(1);
  });

  test('that is signed wrongly, too old, or of an unknown question is refused in the same words', async () => {
    await saveGate();
    const id = await ask();
    const messages = new Set<string>();
    const wrong = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    // Whoever can only prove the calls of Flow cannot answer.
    for (const sent of [{ secret: wrong }, { secret: made.callKey }, { at: later(-301) }, { at: later(301) }])
      await callBack(id, { body: answerOf(id), ...sent }).catch((error: Error) => messages.add(error.message));
    await callBack('unknown', { body: answerOf(id) }).catch((error: Error) => messages.add(error.message));
    expect([...messages]).toHaveLength(1);
    expect(await db.prisma.evidence.count({ where: { tenantId: tenant.id, kind: 'external' } })).toBe(0);
  });

  test('that is garbage, or names another deployment or question, is refused', async () => {
    await saveGate();
    const id = await ask();
    const bodies = ['', '[]', 'allowed', answerOf(id, { result: 'maybe' }), answerOf(id, { reason: 'x'.repeat(501) })];
    for (const body of bodies) expect(await endOf(callBack(id, { body }))).toBe('invalid');
    expect(await endOf(callBack(id, { body: answerOf(id, { deploymentId: tenant.movingId }) }))).toBe('invalid');
    expect(await endOf(callBack(id, { body: answerOf('another') }))).toBe('invalid');
    expect((await ofGate())[0]?.effect).toBe('hold');
  });

  test('still counts when the call itself failed', async () => {
    await saveGate();
    const id = await ask();
    await called({ kind: 'unfit', trouble: 'answered HTTP 404' });
    expect(await callBack(id, { body: answerOf(id) })).toEqual({ outcome: 'kept' });
    expect(await ofGate()).toEqual([]);
  });
});

describe('asking again', () => {
  test('is for those who may report evidence, and the old question is answered no more', async () => {
    await saveGate();
    const id = await ask();
    const again = { deploymentId: tenant.waitingId, questionId: id };
    expect(await endOf(askAgain(as('developer'), again))).toBe('precondition');
    await called({ kind: 'unfit', trouble: 'answered HTTP 404' });
    expect(await endOf(askAgain(as('viewer'), again))).toBe('forbidden');
    await askAgain(as('developer'), again);
    expect(await question()).not.toBe(id);
    expect((await ofGate())[0]?.sentence).toContain('waiting for Board');
    expect(await endOf(askAgain(as('developer'), again))).toBe('notFound');
    const late = { id, deploymentId: tenant.waitingId, result: 'allowed' };
    expect(await endOf(callBack(id, { body: late }))).toBe('conflict');
    expect(await recordedOf(db, tenant.id, 'externalCheck.ask')).toMatchObject({ auditCount: 2 });
  });

  test('takes an answer out of account until there is a new one', async () => {
    await saveGate();
    const id = await ask();
    await called({ kind: 'answered', result: 'allowed', reason: '' });
    expect(await ofGate()).toEqual([]);
    await askAgain({ ...as('developer'), now: later(10) }, { deploymentId: tenant.waitingId, questionId: id });
    expect((await ofGate(later(10)))[0]?.sentence).toContain('waiting for Board');
  });

  test('of another tenant is unknown', async () => {
    const other = await createTestTenant(db);
    expect(await endOf(askAgain(as('developer'), { deploymentId: other.waitingId, questionId: other.questionId }))).toBe('notFound');
  });
});
