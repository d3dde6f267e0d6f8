import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { createTestTenant } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callProcedure, testServices } from '../testing/index.ts';
import { bodyBytesMax, handleApiRequest } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const send = (path: string, init: RequestInit, services = testServices(db)) =>
  handleApiRequest(new Request(`https://flow.test/api/trpc/${path}`, init), {
    endpoint: '/api/trpc',
    services,
    facts: { token: tenant.people.admin.token, requestId: 'request-1', address: null, userAgent: null },
  });
const json = { 'content-type': 'application/json', host: 'flow.test' };
const serviceCount = () => db.prisma.service.count({ where: { tenantId: tenant.id } });
const newService = (slug: string) => ({ tenant: tenant.slug, slug, name: 'New', repositoryUrl: 'https://git.test/new.git' });

describe('the door', () => {
  test('twenty calls in one request are carried out, twenty-one are refused whole', async () => {
    const batch = (count: number) => {
      const paths = Array.from({ length: count }, () => 'session.me').join(',');
      return send(`${paths}?batch=1&input=${encodeURIComponent('{}')}`, { headers: json });
    };
    expect((await batch(20)).status).toBe(200);
    expect((await batch(21)).status).toBe(400);
  });

  test('a form that another page sends changes nothing', async () => {
    const form = new FormData();
    form.set('slug', 'by-form');
    for (const init of [
      { method: 'POST', body: form },
      { method: 'POST', body: JSON.stringify(newService('by-text')), headers: { 'content-type': 'text/plain' } },
      { method: 'POST', body: JSON.stringify(newService('by-site')), headers: { ...json, 'sec-fetch-site': 'cross-site' } },
      { method: 'POST', body: JSON.stringify(newService('by-origin')), headers: { ...json, origin: 'https://evil.test' } },
    ]) {
      const before = await serviceCount();
      expect((await send('service.create', init)).status).toBeGreaterThanOrEqual(400);
      expect(await serviceCount()).toBe(before);
    }
  });

  test('a change cannot be made with GET', async () => {
    const before = await serviceCount();
    const answer = await send(`service.create?input=${encodeURIComponent(JSON.stringify(newService('by-get')))}`, { headers: json });
    expect(answer.status).toBe(405);
    expect(await serviceCount()).toBe(before);
  });

  test('a body over 1 MB is refused though its length is not declared', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let sent = 0; sent <= bodyBytesMax; sent += 100_000) controller.enqueue(new Uint8Array(100_000).fill(0x20));
        controller.close();
      },
    });
    // Streaming bodies need a field that the type of requests does not know.
    const init = { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit;
    expect((await send('service.create', init)).status).toBe(413);
  });

  test('no answer is kept by any cache', async () => {
    expect((await send('session.me', { headers: json })).headers.get('cache-control')).toBe('no-store');
  });

  test('a name with a NUL character or broken Unicode is refused, not failed on; one that only spells them is taken', async () => {
    const statusFor = async (slug: string, name: string) =>
      (await send('service.create', { method: 'POST', headers: json, body: JSON.stringify({ ...newService(slug), name }) })).status;
    for (const name of ['a\u0000b', '\ud800', 'x\\\u0000', '\udc00\ud800']) expect(await statusFor('broken', name)).toBe(400);
    expect(await statusFor('spelled', String.raw`C:\u0000 \ud800`)).toBe(200);
    expect(await statusFor('whole', '\u{1f600}')).toBe(200);
  });

  test.each(['service.nothing', 'service.__proto__', 'constructor', '', '%ff', 'service.list%2f..%2fsession.me'])(
    'the path "%s" is refused without a word about the inside',
    async (path) => {
      const answer = await send(path, { method: 'POST', headers: json, body: '{}' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(await answer.text()).not.toMatch(/node_modules|packages\/|at .*\.ts/);
    },
  );

  test.each(['{', 'null', '[]', '"x"', '12', '{"__proto__":{"tenant":"x"}}'])(
    'the body %s is refused as the caller’s fault',
    async (body) => {
      const answer = await send('service.create', { method: 'POST', headers: json, body });
      expect(answer.status).toBe(400);
    },
  );
});

describe('an unexpected error', () => {
  test('loses its text on the way out and keeps it in the log under the request’s id', async () => {
    const errors: unknown[] = [];
    const broken = createDatabase('postgresql://nobody:hunter2@127.0.0.1:1/none');
    const services = { ...testServices(db, errors), db: broken };
    const answer = await callProcedure(services, {
      procedure: { path: 'service.list', type: 'query' },
      input: { tenant: tenant.slug },
      token: tenant.people.admin.token,
    });
    await broken.close();
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({
      error: {
        code: -32_603,
        message: 'Something went wrong in Flow. Give the platform team this id: request-1',
        data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500, requestId: 'request-1', owner: null, fields: [], retryAfterSeconds: null },
      },
    });
    expect(errors).toHaveLength(1);
  });

  test('a session that cannot be checked is a refusal, never a person', async () => {
    const services = {
      ...testServices(db),
      sessions: { ...testServices(db).sessions, verify: () => Promise.reject(new Error('secret detail')) },
    };
    const answer = await callProcedure(services, {
      procedure: { path: 'session.me', type: 'query' },
      input: undefined,
      token: tenant.people.admin.token,
    });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('secret detail');
  });
});

test('an invalid input names each field', async () => {
  const answer = await callProcedure(testServices(db), {
    procedure: { path: 'service.create', type: 'mutation' },
    input: { ...newService('Not A Slug'), tier: 9 },
    token: tenant.people.admin.token,
  });
  const body: unknown = JSON.parse(answer.body);
  expect(body).toMatchObject({
    error: {
      message: 'Some fields need another look',
      data: {
        code: 'BAD_REQUEST',
        fields: expect.arrayContaining([expect.objectContaining({ path: 'tier' }), expect.objectContaining({ path: 'slug' })]),
      },
    },
  });
});
