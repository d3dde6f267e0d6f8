import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addPerson, testId, testPassword } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiServices } from '../router/index.ts';
import { testServices } from '../testing/index.ts';
import { answerLogIn, answerOidc } from './log-in.ts';

let database: TestDatabase;
let db: Database;
let services: ApiServices;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  services = testServices(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const visitor = (formerToken: string | null = null) => ({ userAgent: null, address: testId('address'), formerToken });
const grace = () => ({ provider: 'corp', subject: testId('sub'), email: `${testId('g')}@flow.test`, emailVerified: true, name: 'Grace' });

test('a log-in gives a new token, and the session that the browser had before has ended', async () => {
  const person = await addPerson(db);
  const first = await answerLogIn(services, { email: person.email, password: testPassword, ...visitor() });
  if (!first.ok) throw new Error(first.message);
  const second = await answerLogIn(services, { email: person.email, password: testPassword, ...visitor(first.token) });
  if (!second.ok) throw new Error(second.message);
  expect(second.token).not.toBe(first.token);
  expect(await services.sessions.verify(first.token)).toBeNull();

  const third = await answerOidc(services, { ...grace(), ...visitor(second.token) });
  expect(third.ok).toBe(true);
  expect(await services.sessions.verify(second.token)).toBeNull();
});

test('a log-in that fails leaves the session that the browser has', async () => {
  const person = await addPerson(db);
  const answer = await answerLogIn(services, { email: person.email, password: 'wrong', ...visitor(person.token) });
  expect(answer).toMatchObject({ ok: false, code: 'unauthenticated' });
  expect(await services.sessions.verify(person.token)).not.toBeNull();
});

test('an account with the same e-mail address is named as the reason, and stays untied', async () => {
  const person = await addPerson(db);
  const answer = await answerOidc(services, { ...grace(), email: person.email, ...visitor() });
  expect(answer).toMatchObject({ ok: false, code: 'conflict' });
  expect(await db.prisma.oidcAccount.count({ where: { userId: person.id } })).toBe(0);
});
