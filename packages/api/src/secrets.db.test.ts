import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addPerson, createTestTenant } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { callProcedure, listProcedures, linkTo, testServices, walkInputs } from './testing/index.ts';
import type { ApiServices } from './router/index.ts';

// Every kind of secret is given to Flow or made by it, and then looked for in all that Flow says and keeps.

let database: TestDatabase;
let db: Database;
let services: ApiServices;
let tenant: TestTenant;
let chief: TestPerson;
const logged: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  services = testServices(db, logged);
  tenant = await createTestTenant(db);
  chief = await addPerson(db, { isPlatformAdmin: true });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const change = async (path: string, input: unknown, person: TestPerson): Promise<string> => {
  const answer = await callProcedure(services, { procedure: { path, type: 'mutation' }, input, token: person.token });
  expect([path, answer.code]).toEqual([path, 'OK']);
  return answer.body;
};

const canary = (name: string): string => `canary-${name}-7Hq2Vw9LkZ4n`;

/** A secret of each kind: those that people type, and those that Flow makes and shows once. */
async function plantSecrets(): Promise<Record<string, string>> {
  const { admin } = tenant.people;
  const typed = { credential: canary('credential'), password: canary('password') };
  const { clusterId } = tenant;
  const access = { kind: 'token', server: 'https://cluster.test', caPem: '', token: typed.credential };
  await change('cluster.replaceCredential', { clusterId, access }, chief);
  await change('person.create', { email: 'planted@flow.test', name: 'Planted', password: typed.password }, chief);
  const made = async (path: string, field: 'secret' | 'token' | 'callKey' | 'answerKey'): Promise<string> => {
    const input = walkInputs[path]?.(tenant, { email: '', userId: '', linkOf: (one) => linkTo(one.people.releaseManager, one) });
    const answer = z
      .object({ result: z.object({ data: z.record(z.string(), z.unknown()) }) })
      .parse(JSON.parse(await change(path, input, admin)));
    return z.string().min(12).parse(answer.result.data[field]);
  };
  return {
    ...typed,
    webhook: await made('webhook.create', 'secret'),
    channel: await made('notification.createChannel', 'secret'),
    externalCall: await made('externalCheck.create', 'callKey'),
    externalAnswer: await made('externalCheck.create', 'answerKey'),
    accessToken: await made('token.create', 'token'),
    session: admin.token,
  };
}

/** The secret as it could come out: as it is, encoded, turned round, or a good piece of it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const encoded = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), encodeURIComponent(secret)];
  const pieces = [secret.slice(0, 20), secret.slice(-14)].filter((piece) => piece.length >= 12);
  return [secret, ...encoded, Buffer.from(bytes.toReversed()).toString(), ...pieces];
}

/** Where each secret comes out, by the name of the place. */
function leaksIn(places: ReadonlyMap<string, string>, secrets: Readonly<Record<string, string>>): string[] {
  return [...places].flatMap(([place, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([name]) => `${place}: ${name}`),
  );
}

async function everyAnswer(): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const strangers = { email: 'none@flow.test', userId: 'none', linkOf: (one: TestTenant) => linkTo(one.people.releaseManager, one) };
  for (const procedure of listProcedures().filter(({ type }) => type === 'query')) {
    const input = walkInputs[procedure.path]?.(tenant, strangers);
    for (const person of [tenant.people.admin, chief]) {
      const answer = await callProcedure(services, { procedure, input, token: person.token });
      answers.set(`${procedure.path} for ${person === chief ? 'a platform admin' : 'an admin'}`, answer.body);
    }
  }
  return answers;
}

async function everyTable(): Promise<Map<string, string>> {
  const tables = await db.pool.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  const texts = new Map<string, string>();
  for (const { tablename } of z.array(z.object({ tablename: z.string() })).parse(tables.rows)) {
    const rows = await db.pool.query(`SELECT string_agg(to_jsonb(each)::text, E'\n') AS text FROM "${tablename}" AS each`);
    const [row] = z.array(z.object({ text: z.string().nullable() })).parse(rows.rows);
    texts.set(tablename, row?.text ?? '');
  }
  return texts;
}

test('no answer, no row of the database and no line of the log holds a secret, in any form', async () => {
  const secrets = await plantSecrets();
  const answers = await everyAnswer();
  expect(answers.size).toBeGreaterThan(60);
  expect(leaksIn(answers, secrets)).toEqual([]);
  const tables = await everyTable();
  expect(tables.get('api_token')).toContain(tenant.tokenId);
  expect(leaksIn(tables, secrets)).toEqual([]);
  expect(leaksIn(new Map([['the log', JSON.stringify(logged)]]), secrets)).toEqual([]);
});

test('a secret that came out would be found', () => {
  const secrets = { one: canary('one') };
  for (const form of formsOf(secrets.one)) expect(leaksIn(new Map([['place', `before ${form} after`]]), secrets)).toEqual(['place: one']);
  expect(leaksIn(new Map([['place', 'canary']]), secrets)).toEqual([]);
});
