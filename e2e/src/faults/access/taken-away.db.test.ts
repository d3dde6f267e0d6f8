import { createDatabase, timeIn } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { vote } from '@flow/operations/approval';
import { actOnTarget } from '@flow/operations/deployment';
import { newToken, sessionIdOf } from '@flow/operations/session';
import { actAs, addPerson, addToTenant, createTestTenant, testId, worldNow } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { newApiToken } from '@flow/operations/token';
import { judgeById } from '@flow/operations/verdict';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tryToStart } from '../starts.ts';
import { tell } from '../told.ts';
import { openWeb } from './web.ts';
import type { Call, Web } from './web.ts';

const { revocations, seed, slowdown } = faultSettings();
const refusedWithinMs = 1_000 * slowdown;
const cutWithinMs = 5_000 * slowdown;
const hourMs = 3_600_000;
const atOnce = 5;

let database: TestDatabase;
let db: Database;
/** One process serves the person whose access is taken away, the other one those who take it. */
let theirs: Web;
let ours: Web;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 8);
  [theirs, ours] = [await openWeb(database.url), await openWeb(database.url)];
});
afterAll(async () => {
  await theirs[Symbol.asyncDispose]();
  await ours[Symbol.asyncDispose]();
  await db.close();
  await database[Symbol.asyncDispose]();
});

/** Somebody who has a session and an access token, and whose vote, deployment and canary act are under way. */
interface Acting {
  tenant: TestTenant;
  person: TestPerson;
  session: string;
  access: { id: string; token: string };
  chief: { session: string };
  admin: { session: string };
  scheduledId: string;
  actionId: string;
}

/** How access is taken away; what a person may no longer do ends with it, what a session or a token opens ends alone. */
const ways = {
  'another role': { ends: 'person', isCut: false },
  'no member any more': { ends: 'person', isCut: true },
  'shut out': { ends: 'person', isCut: true },
  'logged out': { ends: 'session', isCut: true },
  'token revoked': { ends: 'token', isCut: false },
} as const;
type Way = keyof typeof ways;

function takeAway(way: Way, { tenant, person, session, access, chief, admin }: Acting): Promise<string> {
  const { slug } = tenant;
  const userId = person.id;
  const calls: Record<Way, Call> = {
    'another role': { path: 'member.changeRole', type: 'mutation', input: { tenant: slug, userId, role: 'viewer' }, token: admin.session },
    'no member any more': { path: 'member.remove', type: 'mutation', input: { tenant: slug, userId }, token: admin.session },
    'shut out': { path: 'person.disable', type: 'mutation', input: { userId }, token: chief.session },
    'logged out': { path: 'session.logOut', type: 'mutation', input: undefined, token: session },
    'token revoked': { path: 'token.revoke', type: 'mutation', input: { tenant: slug, tokenId: access.id }, token: admin.session },
  };
  return ours.call(calls[way]);
}

/** A session that begins now, by the clock of Postgres: what the web processes go by. */
async function aSession(userId: string): Promise<string> {
  const [token, now] = [newToken(), await timeIn(db.prisma)];
  const times = { createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + hourMs) };
  await db.prisma.session.create({ data: { id: sessionIdOf(token), userId, ...times } });
  return token;
}

async function anAccessToken(tenantId: string, userId: string): Promise<{ id: string; token: string }> {
  const [id, now] = [testId('token'), await timeIn(db.prisma)];
  const { token, tokenHash } = newApiToken();
  const times = { createdAt: now, lastUsedAt: now, expiresAt: new Date(now.getTime() + hourMs) };
  await db.prisma.apiToken.create({ data: { tenantId, id, userId, name: id, tokenHash, scopes: ['read'], ...times } });
  return { id, token };
}

async function someoneActing(): Promise<Acting> {
  const tenant = await createTestTenant(db);
  const { id: tenantId, movingId, movingTargetId, waitingId, approvalId } = tenant;
  const person = await addToTenant(db, tenantId, { person: await addPerson(db), role: 'releaseManager' });
  const chief = await addPerson(db, { isPlatformAdmin: true });
  const as = actAs(db, tenantId, person.actor);
  await vote(as, { approvalId, answer: 'approve', shownHash: `hash-${waitingId}` });
  const guard = { uid: 'rollout-uid', podHash: 'newhash', stepIndex: 1, pauseStartedAt: '2026-03-01T09:59:00Z' };
  const { actionId } = await actOnTarget(as, { deploymentId: movingId, targetDeploymentId: movingTargetId, action: 'promote', guard });
  return {
    tenant,
    person,
    session: await aSession(person.id),
    access: await anAccessToken(tenantId, person.id),
    chief: { session: await aSession(chief.id) },
    admin: { session: await aSession(tenant.people.admin.id) },
    scheduledId: await schedule(tenant, person),
    actionId,
  };
}

/** A copy of the deployment that waits, asked for by this person, for a place where nothing holds it. */
async function schedule({ id: tenantId, waitingId, quietId }: TestTenant, person: TestPerson): Promise<string> {
  const id = testId('scheduled');
  await db.pool.query(
    `INSERT INTO deployment SELECT (jsonb_populate_record(old, jsonb_build_object('id', $3::text, 'environment_id', $4::text, 'requested_by', $5::text))).*
     FROM deployment old WHERE old.tenant_id = $1 AND old.id = $2`,
    [tenantId, waitingId, id, quietId, person.id],
  );
  await db.pool.query(
    `INSERT INTO target_deployment SELECT (jsonb_populate_record(old, jsonb_build_object('id', $3::text || '-target', 'deployment_id', $3::text))).*
     FROM target_deployment old WHERE old.tenant_id = $1 AND old.deployment_id = $2`,
    [tenantId, waitingId, id],
  );
  return id;
}

/** Asks again and again until it is refused, and some more. Tells how long after the end of access the last question was sent that was answered. */
async function askUntilRefused(call: Call, isTaken: Promise<unknown>): Promise<{ lastAnsweredMs: number; code: string }> {
  let takenAt = Infinity;
  void isTaken.then(() => {
    takenAt = performance.now();
  });
  let lastAnswered = -Infinity;
  let [code, refusals] = ['OK', 0];
  while (refusals < 5) {
    const sentAt = performance.now();
    code = await theirs.call(call);
    if (code === 'OK') lastAnswered = sentAt;
    refusals = code === 'OK' ? 0 : refusals + 1;
    if (sentAt - takenAt > 10 * refusedWithinMs) break;
  }
  return { lastAnsweredMs: Math.max(0, lastAnswered - takenAt), code };
}

/** What the person may not do any more with this kind of loss, asked for as they would. */
function questionOf(way: Way, { tenant, session, access }: Acting): Call {
  if (way === 'token revoked') return { path: 'service.list', type: 'query', input: { tenant: tenant.slug }, token: access.token };
  return { path: 'audit.chain', type: 'query', input: { tenant: tenant.slug }, token: session };
}

interface Measured {
  refusedMs: number;
  cutMs: number;
  isStarted: boolean;
  violations: readonly string[];
}

async function takeAwayWhileAllMoves(way: Way, startsMeanwhile: boolean): Promise<Measured> {
  const acting = await someoneActing();
  const { tenant, scheduledId } = acting;
  const { ends, isCut } = ways[way];
  const stream = await theirs.watch({ tenant: tenant.slug, token: acting.session });
  const started = () => tryToStart(db, { tenantId: tenant.id, deploymentId: scheduledId });
  const taken = takeAway(way, acting);
  const asked = askUntilRefused(questionOf(way, acting), taken);
  const [code] = await Promise.all([taken, startsMeanwhile ? started() : undefined]);
  const takenAt = performance.now();
  const wasStarted = await isStarted(acting);
  const { lastAnsweredMs } = await asked;
  if (isCut) await stream.ended;
  const cutMs = isCut ? performance.now() - takenAt : 0;
  await started();
  const violations = [
    ...unless(code === 'OK', `nobody could take it away: ${code}`),
    ...unless(stream.status === 200, `there was no stream: ${stream.status}`),
    ...unless(lastAnsweredMs <= refusedWithinMs, `a request was answered ${Math.round(lastAnsweredMs)} ms later`),
    ...unless(cutMs <= cutWithinMs, `the stream went on for ${Math.round(cutMs)} ms`),
    ...unless(
      (await isStarted(acting)) === (wasStarted || ends !== 'person'),
      'what was scheduled began without its person, or not at all',
    ),
    ...unless((await counts(acting)) === (ends !== 'person'), 'the vote counts, or does not'),
    ...unless((await isRefused(acting)) === (ends === 'person'), 'the act on the canary was carried out, or not even tried'),
  ];
  return { refusedMs: lastAnsweredMs, cutMs, isStarted: wasStarted, violations: violations.map((found) => `${way}: ${found}`) };
}

const unless = (holds: boolean, otherwise: string): string[] => (holds ? [] : [otherwise]);

async function isStarted({ tenant, scheduledId }: Acting): Promise<boolean> {
  const row = await db.prisma.deployment.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id: scheduledId } } });
  return row.startedAt !== null;
}

/** Whether the vote still lets the other deployment start. */
async function counts({ tenant }: Acting): Promise<boolean> {
  const { verdict } = await judgeById(db.prisma, tenant.id, { deploymentId: tenant.waitingId, now: worldNow });
  return verdict.kind !== 'needsApprovals';
}

/** The worker comes to what was asked of the canary; no cluster answers it. */
async function isRefused({ tenant, actionId }: Acting): Promise<boolean> {
  await tryToStart(db, { tenantId: tenant.id, deploymentId: tenant.movingId }).catch(() => undefined);
  const action = await db.prisma.engineAction.findUniqueOrThrow({ where: { tenantId_id: { tenantId: tenant.id, id: actionId } } });
  return action.state === 'refused';
}

test('access ends when it is taken away, whatever is under way', { timeout: 3_600_000 }, async () => {
  const random = seededNumbers(seed);
  const all = Object.keys(ways) as Way[];
  const measured: Measured[] = [];
  while (measured.length < revocations) {
    const round = Array.from(
      { length: Math.min(atOnce, revocations - measured.length) },
      (_, index) => all[index % all.length] ?? 'shut out',
    );
    measured.push(...(await Promise.all(round.map((way) => takeAwayWhileAllMoves(way, random() < 0.5)))));
  }
  const violations = measured.flatMap((one) => one.violations);
  const most = (of: (one: Measured) => number): number => Math.round(Math.max(...measured.map(of)));
  const longest = { refusedMsMax: most((one) => one.refusedMs), cutMsMax: most((one) => one.cutMs) };
  const began = measured.filter((one) => one.isStarted).length;
  tell({ goal: 'G23', counts: { races: measured.length, beganBefore: began, ...longest }, violations, seed });
  expect(violations).toEqual([]);
});
