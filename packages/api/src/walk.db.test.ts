import { rightsOfPlatformAdmin, rightsOfRole, rightsOfToken, tokenScope } from '@flow/core/rights';
import type { Right, Role } from '@flow/core/rights';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addApiToken, addPerson, addSession, addToTenant, createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addDeadJob,
  addPlatformCheck,
  pauseMoving,
  callProcedure,
  linkTo,
  listProcedures,
  testServices,
  walkInputs,
} from './testing/index.ts';
import type { Answer, Strangers, WalkedProcedure } from './testing/index.ts';
import type { ApiServices } from './router/index.ts';

const actors = [
  'nobody',
  'garbage',
  'expired',
  'revoked',
  'otherAdmin',
  'viewer',
  'developer',
  'releaseManager',
  'admin',
  'removed',
  'disabled',
  'platformAdmin',
  'readToken',
  'fullToken',
  'viewersToken',
  'revokedToken',
  'expiredToken',
  'removedsToken',
  'otherToken',
] as const;
type ActorName = (typeof actors)[number];

interface World {
  tenant: TestTenant;
  other: TestTenant;
  strangers: Strangers;
  tokens: Record<ActorName, string | null>;
}

const procedures = listProcedures();
let database: TestDatabase;
let db: Database;
let services: ApiServices;
const failures: unknown[] = [];
const cells = { policy: 0, foreign: 0, strict: 0 };

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  services = testServices(db, failures);
});
afterAll(async () => {
  process.stdout.write(
    `walk: ${procedures.length} procedures x ${actors.length} actors = ${cells.policy} cells; ${cells.foreign} foreign ids; ${cells.strict} unknown fields\n`,
  );
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function createWorld(): Promise<World> {
  const [tenant, other, stranger] = [await createTestTenant(db), await createTestTenant(db), await addPerson(db)];
  const [removed, disabled, chief] = [
    await addMember(tenant.id, 'admin'),
    await addMember(tenant.id, 'admin'),
    await addPerson(db, { isPlatformAdmin: true }),
  ];
  const programs = await addPrograms({ tenant, other, removed });
  await db.prisma.membership.delete({ where: { tenantId_userId: { tenantId: tenant.id, userId: removed.id } } });
  await db.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: worldNow } });
  const { people } = tenant;
  await addDeadJob(db, tenant);
  await pauseMoving(db, tenant);
  await addPlatformCheck(db, tenant);
  return {
    tenant,
    other,
    strangers: { email: stranger.email, userId: stranger.id, linkOf: (one) => linkTo(one.people.releaseManager, one) },
    tokens: {
      nobody: null,
      garbage: 'not-a-token-but-long-enough-to-look-like-one',
      expired: await addSession(db, people.admin.id, { expiresAt: new Date(worldNow.getTime() - 1) }),
      revoked: await addSession(db, people.admin.id, { revokedAt: worldNow }),
      otherAdmin: other.people.admin.token,
      viewer: people.viewer.token,
      developer: people.developer.token,
      releaseManager: people.releaseManager.token,
      admin: people.admin.token,
      removed: removed.token,
      disabled: disabled.token,
      platformAdmin: chief.token,
      ...programs,
    },
  };
}

/** Access tokens of every kind that a request can show. */
async function addPrograms({ tenant, other, removed }: { tenant: TestTenant; other: TestTenant; removed: TestPerson }) {
  const { people } = tenant;
  const all = tokenScope.options;
  const one = async (inTenant: string, of: Parameters<typeof addApiToken>[2]): Promise<string> =>
    (await addApiToken(db, inTenant, of)).token;
  return {
    readToken: await one(tenant.id, { userId: people.developer.id, scopes: ['read'] }),
    fullToken: await one(tenant.id, { userId: people.admin.id, scopes: all }),
    viewersToken: await one(tenant.id, { userId: people.viewer.id, scopes: all }),
    revokedToken: await one(tenant.id, { userId: people.admin.id, scopes: all, revokedAt: worldNow }),
    expiredToken: await one(tenant.id, { userId: people.admin.id, scopes: all, expiresAt: new Date(worldNow.getTime() - 1) }),
    removedsToken: await one(tenant.id, { userId: removed.id, scopes: all }),
    otherToken: await one(other.id, { userId: other.people.admin.id, scopes: all }),
  };
}

async function addMember(tenantId: string, role: Role): Promise<TestPerson> {
  return addToTenant(db, tenantId, { person: await addPerson(db), role });
}

/** What each kind of actor holds in the tenant; null for those who are no member, undefined for those who are nobody. */
const rightsOfActor: Record<ActorName, readonly Right[] | null | undefined> = {
  nobody: undefined,
  garbage: undefined,
  expired: undefined,
  revoked: undefined,
  disabled: undefined,
  otherAdmin: null,
  removed: null,
  viewer: rightsOfRole.viewer,
  developer: rightsOfRole.developer,
  releaseManager: rightsOfRole.releaseManager,
  admin: rightsOfRole.admin,
  platformAdmin: rightsOfPlatformAdmin,
  readToken: rightsOfToken(['read'], 'developer'),
  fullToken: rightsOfToken(tokenScope.options, 'admin'),
  viewersToken: rightsOfToken(tokenScope.options, 'viewer'),
  revokedToken: undefined,
  expiredToken: undefined,
  removedsToken: undefined,
  otherToken: null,
};

/** The declared table, computed without any of the code under test but the table of rights itself. */
function expectedCode({ path, policy }: WalkedProcedure, actor: ActorName): string {
  const rights = rightsOfActor[actor];
  // People have accounts in this world, so nobody sets it up a second time, whoever asks.
  if (path === 'session.setUp') return 'PRECONDITION_FAILED';
  // The token of the walk is the developer's: to others without the right over members it is not there.
  if (path === 'token.revoke' && actor === 'releaseManager') return 'NOT_FOUND';
  if (policy === 'public') return 'OK';
  if (policy === undefined) return 'a procedure without a policy';
  if (rights === undefined) return 'UNAUTHORIZED';
  if (policy === 'signedIn') return actor.endsWith('Token') ? 'FORBIDDEN' : 'OK';
  if (policy === 'platformAdmin') return actor === 'platformAdmin' ? 'OK' : 'FORBIDDEN';
  const expected = expectedInTenant(rights, policy.right);
  return expected === 'OK' ? expectedOfPerson(path, actor) : expected;
}

/** The developer asked for it, the viewer may not, a platform admin is no member. */
const isUnheard = (actor: ActorName): boolean => ['viewer', 'developer', 'platformAdmin'].includes(actor);
const isChief = (actor: ActorName): boolean => actor === 'platformAdmin';

/** What is for people alone, and open to them by more than a right: how it ends for each who has the right. */
const forPeople: Readonly<Record<string, (actor: ActorName) => string>> = {
  'approval.vote': (actor) => (isUnheard(actor) ? 'PRECONDITION_FAILED' : 'OK'),
  'approval.voteMany': () => 'OK',
  // Nobody has voted yet.
  'approval.withdraw': () => 'PRECONDITION_FAILED',
  'approval.openLink': () => 'OK',
  // The link was sent to the release manager.
  'approval.voteByLink': (actor) => (actor === 'releaseManager' ? 'OK' : 'PRECONDITION_FAILED'),
  'notification.saveSettings': (actor) => (isChief(actor) ? 'NOT_FOUND' : 'OK'),
  'standIn.name': (actor) => (isChief(actor) ? 'FORBIDDEN' : 'OK'),
  'exemption.answer': (actor) => (isUnheard(actor) ? 'PRECONDITION_FAILED' : 'OK'),
  // The developer asked for it.
  'exemption.withdraw': (actor) => (isUnheard(actor) && actor !== 'developer' ? 'PRECONDITION_FAILED' : 'OK'),
  // The release manager took it.
  'exemption.closeReview': (actor) => (actor === 'admin' ? 'OK' : 'PRECONDITION_FAILED'),
  'evidence.tick': () => 'OK',
  'externalCheck.askAgain': () => 'OK',
  // Of the admin: they end it themselves, or whoever manages members does.
  'standIn.end': (actor) => (actor === 'admin' || isChief(actor) ? 'OK' : 'NOT_FOUND'),
};

function expectedOfPerson(path: string, actor: ActorName): string {
  const expected = forPeople[path];
  if (expected === undefined) return 'OK';
  return actor.endsWith('Token') ? 'FORBIDDEN' : expected(actor);
}

function expectedInTenant(rights: readonly Right[] | null, right: Right): string {
  if (rights === null) return 'NOT_FOUND';
  return rights.includes(right) ? 'OK' : 'FORBIDDEN';
}

function inputOf(procedure: WalkedProcedure, world: World): Record<string, unknown> | undefined {
  return walkInputs[procedure.path]?.(world.tenant, world.strangers);
}

/** Number and hash of the rows of every table. */
async function hashOfAllRows(): Promise<Record<string, string>> {
  const tables = await db.pool.query(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%' ORDER BY tablename`,
  );
  const parts = tables.rows.map(
    ({ tablename }) =>
      `SELECT '${tablename}' AS name, concat(count(*), ' rows ', md5(string_agg(t::text, '|' ORDER BY t::text))) AS hash FROM "${tablename}" t`,
  );
  const hashes = await db.pool.query<{ name: string; hash: string }>(parts.join(' UNION ALL '));
  return Object.fromEntries(hashes.rows.map(({ name, hash }) => [name, hash]));
}

describe('every procedure', () => {
  test('declares its policy and its output, and has an input in this walk', () => {
    expect(procedures.filter((one) => one.policy === undefined).map((one) => one.path)).toEqual([]);
    expect(procedures.filter((one) => !one.hasOutput).map((one) => one.path)).toEqual([]);
    expect(Object.keys(walkInputs).toSorted()).toEqual(procedures.map((one) => one.path).toSorted());
  });

  test('is closed to the public but for the two that a person needs before there is an account', () => {
    const open = procedures.filter((one) => one.policy === 'public').map((one) => one.path);
    expect(open.toSorted()).toEqual(['session.installation', 'session.setUp']);
  });
});

describe.each(procedures)('$path', (procedure) => {
  test('answers each kind of actor as its policy says, and a refusal changes no row', async () => {
    const refusals = await createWorld();
    const before = await hashOfAllRows();
    const answers: Record<string, string> = {};
    for (const actor of actors.filter((one) => expectedCode(procedure, one) !== 'OK')) {
      answers[actor] = (
        await callProcedure(services, { procedure, input: inputOf(procedure, refusals), token: refusals.tokens[actor] })
      ).code;
    }
    expect(await hashOfAllRows()).toEqual(before);
    // A change may use up what the next actor needs, so each who is let in finds a world of their own.
    let world = refusals;
    for (const actor of actors.filter((one) => expectedCode(procedure, one) === 'OK')) {
      if (procedure.type === 'mutation') world = await createWorld();
      const answer = await callProcedure(services, { procedure, input: inputOf(procedure, world), token: world.tokens[actor] });
      answers[actor] = answer.code === 'OK' ? 'OK' : answer.body;
    }
    cells.policy += actors.length;
    expect(answers).toEqual(Object.fromEntries(actors.map((actor) => [actor, expectedCode(procedure, actor)])));
  });
});

/** Ids of the tenant with their counterparts in the other one. */
function counterparts(world: World): Map<string, string> {
  const fields = [
    'slug',
    'serviceId',
    'developmentId',
    'productionId',
    'quietId',
    'artifactId',
    'olderArtifactId',
    'runId',
    'movingRunId',
    'failedRunId',
    'movingId',
    'movingTargetId',
    'waitingId',
    'approvalId',
    'succeededId',
    'clusterId',
    'tokenId',
    'webhookId',
    'policyId',
    'incidentId',
    'groupId',
    'standInId',
    'channelId',
    'deliveryId',
    'externalId',
    'questionId',
    'driftId',
    'adoptedDriftId',
  ] as const;
  const pairs = fields.map((field) => [world.tenant[field], world.other[field]] as const);
  const people = [world.tenant.people.viewer, world.tenant.deputy].map((person, index) => {
    const other = [world.other.people.viewer, world.other.deputy][index];
    return [person.id, other?.id ?? ''] as const;
  });
  return new Map([...pairs, ...people]);
}

/** Every place in the input, nested and in lists too, that holds an id of the tenant. */
function idPlaces(
  value: unknown,
  ids: ReadonlyMap<string, string>,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; own: string }[] {
  if (typeof value === 'string') return ids.has(value) ? [{ path, own: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => idPlaces(inner, ids, [...path, key]));
}

function replaced(value: unknown, path: readonly (string | number)[], to: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((inner: unknown, index) => (String(index) === key ? replaced(inner, rest, to) : inner));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, to) };
}

/** Clusters belong to the installation: a tenant's admin may name any of them for an environment. */
const platformWide = new Set(['environment.create targets.0.clusterId', 'cluster.getAny clusterId', 'cluster.test clusterId']);

test('an id of another tenant and an id that does not exist get one answer, byte for byte, and change nothing', async () => {
  const world = await createWorld();
  const ids = counterparts(world);
  const before = await hashOfAllRows();
  const told: string[] = [];
  for (const procedure of procedures) {
    const input = inputOf(procedure, world);
    for (const place of idPlaces(input, ids)) {
      const where = `${procedure.path} ${place.path.join('.')}`;
      if (platformWide.has(where)) continue;
      const call = (to: string): Promise<Answer> =>
        callProcedure(services, { procedure, input: replaced(input, place.path, to), token: world.tokens.admin });
      const [foreign, unknown] = [await call(ids.get(place.own) ?? ''), await call('unknown-one')];
      cells.foreign += 1;
      if (foreign.body !== unknown.body) told.push(`${where}: ${foreign.body} / ${unknown.body}`);
      if (foreign.code === 'OK' && procedure.type === 'mutation') told.push(`${where}: a foreign id was taken`);
    }
  }
  expect(told).toEqual([]);
  expect(await hashOfAllRows()).toEqual(before);
  expect(cells.foreign).toBeGreaterThan(30);
});

test('a field that the schema does not know is refused by every procedure that reads an input', async () => {
  const world = await createWorld();
  const taken: string[] = [];
  for (const procedure of procedures) {
    const input = inputOf(procedure, world);
    if (input === undefined) continue;
    const token = procedure.policy === 'platformAdmin' ? world.tokens.platformAdmin : world.tokens.admin;
    const answer = await callProcedure(services, { procedure, input: { ...input, unexpected: { not: '' } }, token });
    cells.strict += 1;
    if (answer.code !== 'BAD_REQUEST') taken.push(`${procedure.path}: ${answer.body}`);
  }
  expect(taken).toEqual([]);
});

test('objects in place of strings reach no query: each is refused as invalid', async () => {
  const world = await createWorld();
  const ids = counterparts(world);
  const reached: string[] = [];
  for (const procedure of procedures) {
    const input = inputOf(procedure, world);
    for (const place of idPlaces(input, ids)) {
      for (const operator of ['{"not":""}', '{"contains":"a"}', '{"__proto__":{"x":1}}', '["a"]', '12', 'null']) {
        const hostile = JSON.parse(JSON.stringify(replaced(input, place.path, '%')).replace('"%"', operator));
        const token = procedure.policy === 'platformAdmin' ? world.tokens.platformAdmin : world.tokens.admin;
        const answer = await callProcedure(services, { procedure, input: hostile, token });
        if (answer.code !== 'BAD_REQUEST') reached.push(`${procedure.path} ${place.path.join('.')} ${operator}: ${answer.body}`);
      }
    }
  }
  expect(reached).toEqual([]);
}, 900_000);

test('nothing in the walk was an error of Flow itself', () => {
  expect(failures).toEqual([]);
});
