import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { platformTenantId } from '../context/index.ts';
import { disablePerson } from '../person/index.ts';
import {
  actAs,
  addPerson,
  addSession,
  createTestTenant,
  endOf,
  recordedOf,
  systemActor,
  testId,
  testPassword,
  worldNow,
} from '../testing/index.ts';
import type { TestPerson } from '../testing/index.ts';
import { createSessionVerifier, logIn, logInByOidc, revokeAllOf, revokeSession, sessionIdOf, setUp } from './index.ts';

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

const anyone = (address = testId('address')) => actAs(db, platformTenantId, { actor: { kind: 'anonymous' }, address });
const inMinutes = (minutes: number) => new Date(worldNow.getTime() + minutes * 60_000);
const verifierAt = (now: () => Date) => createSessionVerifier({ db, now });

describe('logIn', () => {
  test('the right password starts a session that verifies, and the record says so', async () => {
    const person = await addPerson(db);
    const started = await logIn(anyone(), { email: ` ${person.email.toUpperCase()} `, password: testPassword });
    const session = await verifierAt(() => worldNow).verify(started.token);
    expect(session?.actor.userId).toBe(person.id);
    expect((await recordedOf(db, platformTenantId, 'session.logIn')).auditCount).toBeGreaterThan(0);
  });

  test('the token itself is not in the database', async () => {
    const person = await addPerson(db);
    const { token } = await logIn(anyone(), { email: person.email, password: testPassword });
    expect(await db.prisma.session.count({ where: { id: token } })).toBe(0);
    expect(await db.prisma.session.count({ where: { id: sessionIdOf(token) } })).toBe(1);
  });

  test('a wrong password, an unknown account and a disabled one are told apart by nothing', async () => {
    const person = await addPerson(db);
    const disabled = await addPerson(db);
    await db.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: worldNow } });
    const messages = [];
    for (const input of [
      { email: person.email, password: 'wrong' },
      { email: 'nobody@flow.test', password: testPassword },
      { email: disabled.email, password: testPassword },
    ]) {
      messages.push(
        await logIn(anyone(), input).then(
          () => 'in',
          (error: Error) => error.message,
        ),
      );
    }
    expect(new Set(messages)).toEqual(new Set(['The e-mail address or the password is wrong']));
  });

  test('the sixth attempt in a minute on an account from one address is refused, even with the right password', async () => {
    const person = await addPerson(db);
    const here = anyone();
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await endOf(logIn(here, { email: person.email, password: 'wrong' }))).toBe('unauthenticated');
    expect(await endOf(logIn(here, { email: person.email, password: testPassword }))).toBe('limited');
    expect(await endOf(logIn(anyone(), { email: person.email, password: testPassword }))).toBe('done');
    expect(await endOf(logIn({ ...here, now: inMinutes(2) }, { email: person.email, password: testPassword }))).toBe('done');
  });

  test('attempts at the same instant are all counted', async () => {
    const person = await addPerson(db);
    const here = anyone();
    const ends = await Promise.all(Array.from({ length: 12 }, () => endOf(logIn(here, { email: person.email, password: 'wrong' }))));
    expect(ends.filter((end) => end === 'limited')).toHaveLength(7);
  });

  test.each(['"e@attacker"@victim.test', 'a＠b.test', 'a b@c.test', '', 'a@b\u0000.test', '<a@b.test>'])(
    '%s is not taken for an e-mail address',
    async (email) => {
      expect(await endOf(logIn(anyone(), { email, password: 'x' }))).toBe('invalid');
    },
  );
});

describe('a session', () => {
  let person: TestPerson;
  beforeAll(async () => {
    person = await addPerson(db);
  });

  test('that is unknown, expired, revoked, idle or of a disabled person is nobody', async () => {
    const verify = (token: string, now = worldNow) => verifierAt(() => now).verify(token);
    const disabled = await addPerson(db);
    await db.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: worldNow } });
    expect(await verify('x'.repeat(43))).toBeNull();
    expect(await verify('')).toBeNull();
    expect(await verify(await addSession(db, person.id, { expiresAt: worldNow }))).toBeNull();
    expect(await verify(await addSession(db, person.id, { revokedAt: worldNow }))).toBeNull();
    expect(await verify(await addSession(db, person.id, { expiresAt: inMinutes(600) }), inMinutes(121))).toBeNull();
    expect(await verify(disabled.token)).toBeNull();
    expect(await verify(person.token)).not.toBeNull();
  });

  test('that is in use does not become idle', async () => {
    const token = await addSession(db, person.id, { expiresAt: inMinutes(600) });
    for (const minutes of [60, 120, 180]) expect(await verifierAt(() => inMinutes(minutes)).verify(token)).not.toBeNull();
  });

  test('ends after twelve hours however much it is used', async () => {
    const { token, expiresAt } = await logIn(anyone(), { email: person.email, password: testPassword });
    expect(expiresAt).toEqual(inMinutes(12 * 60));
    for (let hour = 1; hour < 12; hour += 1) expect(await verifierAt(() => inMinutes(hour * 60)).verify(token)).not.toBeNull();
    expect(await verifierAt(() => inMinutes(12 * 60 - 1)).verify(token)).not.toBeNull();
    expect(await verifierAt(() => inMinutes(12 * 60)).verify(token)).toBeNull();
  });

  test('is asked for anew, many at once, and who is nobody is not in the answer', async () => {
    const verifier = verifierAt(() => worldNow);
    const [first, second] = [await addSession(db, person.id), await addSession(db, person.id)];
    expect(await verifier.verify(first)).not.toBeNull();
    await revokeSession(actAs(db, platformTenantId, { ...person.actor, sessionId: sessionIdOf(first) }));
    const anew = await verifier.verifyAnew([first, second, 'x'.repeat(43)]);
    expect([...anew.keys()]).toEqual([second]);
    expect(anew.get(second)?.actor.userId).toBe(person.id);
  });

  test('that was revoked elsewhere ends within a second, and here at once', async () => {
    let now = worldNow;
    const verifier = verifierAt(() => now);
    const token = await addSession(db, person.id);
    expect(await verifier.verify(token)).not.toBeNull();
    await revokeSession(actAs(db, platformTenantId, { ...person.actor, sessionId: sessionIdOf(token) }));
    now = new Date(worldNow.getTime() + 1_000);
    expect(await verifier.verify(token)).toBeNull();

    const second = await addSession(db, person.id);
    expect(await verifier.verify(second)).not.toBeNull();
    await revokeAllOf(actAs(db, platformTenantId, person.actor), { userId: person.id });
    verifier.forgetPerson(person.id);
    expect(await verifier.verify(second)).toBeNull();
  });

  test('of someone else cannot be ended by its id', async () => {
    const other = await addPerson(db);
    await revokeSession(actAs(db, platformTenantId, { ...person.actor, sessionId: sessionIdOf(other.token) }));
    expect(await verifierAt(() => worldNow).verify(other.token)).not.toBeNull();
    expect(await endOf(revokeAllOf(actAs(db, platformTenantId, person.actor), { userId: other.id }))).toBe('forbidden');
    expect(await endOf(revokeAllOf(anyone(), { userId: other.id }))).toBe('unauthenticated');
  });

  test('of a disabled person ends with the disabling', async () => {
    const other = await addPerson(db);
    const chief = await addPerson(db, { isPlatformAdmin: true });
    expect(await endOf(disablePerson(actAs(db, platformTenantId, person.actor), { userId: other.id }))).toBe('forbidden');
    await disablePerson(actAs(db, platformTenantId, chief.actor), { userId: other.id });
    expect(await verifierAt(() => worldNow).verify(other.token)).toBeNull();
    expect(await endOf(disablePerson(actAs(db, platformTenantId, chief.actor), { userId: chief.id }))).toBe('precondition');
  });

  test('knows the roles of the person in each tenant', async () => {
    const tenant = await createTestTenant(db);
    const session = await verifierAt(() => worldNow).verify(tenant.people.developer.token);
    expect(session?.tenants).toEqual([{ id: tenant.id, slug: tenant.slug, name: expect.any(String), role: 'developer' }]);
  });
});

describe('logInByOidc', () => {
  beforeAll(() => addPerson(db));

  const identity = (over: object = {}) => ({
    provider: 'corp',
    subject: testId('sub'),
    email: `${testId('oidc')}@flow.test`,
    emailVerified: true,
    name: 'Grace',
    ...over,
  });

  test('an unknown identity becomes a new person without any tenant; the same identity finds that person again', async () => {
    const who = identity();
    const first = await logInByOidc(anyone(), who);
    const second = await logInByOidc(anyone(), { ...who, email: `${testId('changed')}@flow.test` });
    expect(second.person.id).toBe(first.person.id);
    expect(await db.prisma.membership.count({ where: { userId: first.person.id } })).toBe(0);
  });

  test('an identity is never tied to an existing account because the e-mail addresses are equal', async () => {
    const person = await addPerson(db);
    expect(await endOf(logInByOidc(anyone(), identity({ email: person.email })))).toBe('conflict');
    expect(await db.prisma.oidcAccount.count({ where: { userId: person.id } })).toBe(0);
  });

  test('the same subject at another provider is another person', async () => {
    const who = identity();
    const first = await logInByOidc(anyone(), who);
    const other = await logInByOidc(anyone(), { ...who, provider: 'other', email: `${testId('oidc')}@flow.test` });
    expect(other.person.id).not.toBe(first.person.id);
  });

  test('nobody takes the place of the first admin: until Flow is set up, no identity is let in', async () => {
    await using fresh = await createTestDatabase();
    const empty = createDatabase(fresh.url);
    const ctx = actAs(empty, platformTenantId, { kind: 'anonymous' });
    expect(await endOf(logInByOidc(ctx, identity()))).toBe('forbidden');
    expect(await endOf(setUp(ctx, { email: 'a@flow.test', name: 'A', password: 'a long enough one' }))).toBe('done');
    expect(await endOf(logInByOidc(ctx, identity()))).toBe('done');
    await empty.close();
  });

  test('an address that the provider has not verified, and a disabled person, are refused', async () => {
    expect(await endOf(logInByOidc(anyone(), identity({ emailVerified: false })))).toBe('precondition');
    const who = identity();
    const { person } = await logInByOidc(anyone(), who);
    await db.prisma.user.update({ where: { id: person.id }, data: { disabledAt: worldNow } });
    expect(await endOf(logInByOidc(anyone(), who))).toBe('unauthenticated');
  });
});

describe('setUp', () => {
  test('of several at once exactly one makes the first admin, and never again', async () => {
    await using fresh = await createTestDatabase();
    const empty = createDatabase(fresh.url);
    const ctx = actAs(empty, platformTenantId, { kind: 'anonymous' });
    const ask = (name: string) => endOf(setUp(ctx, { email: `${name}@flow.test`, name, password: 'a long enough one' }));
    expect(await endOf(setUp(ctx, { email: 'a@flow.test', name: 'A', password: 'short' }))).toBe('invalid');
    const ends = await Promise.all(['a', 'b', 'c', 'd'].map(ask));
    expect(ends.toSorted()).toEqual(['done', 'precondition', 'precondition', 'precondition']);
    expect(await ask('late')).toBe('precondition');
    expect(await empty.prisma.user.findMany({ select: { isPlatformAdmin: true } })).toEqual([{ isPlatformAdmin: true }]);
    await empty.close();
  });

  test('is closed as soon as anybody has an account', async () => {
    await addPerson(db);
    expect(
      await endOf(setUp(actAs(db, platformTenantId, systemActor), { email: 'x@flow.test', name: 'X', password: 'a long enough one' })),
    ).toBe('precondition');
  });
});
