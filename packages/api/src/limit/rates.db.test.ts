import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { createTestTenant, testId, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handleApiRequest } from '../door/index.ts';
import type { ApiServices } from '../router/index.ts';
import { answerLogIn, answerWebhook } from '../server/index.ts';
import { testServices } from '../testing/index.ts';
import { createRateLimiter, limits, procedureLimits } from './index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  other = await createTestTenant(db);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const limited = (now = () => worldNow): ApiServices => ({ ...testServices(db), rates: createRateLimiter({ now }) });

/** Sends many calls of one procedure in one request. */
function batch(services: ApiServices, call: { path: string; input?: unknown; token?: string; count?: number; address?: string }) {
  const { path, input = {}, token = null, count = 1, address = testId('address') } = call;
  const indices = Array.from({ length: count }, (_, index) => index);
  const inputs = encodeURIComponent(JSON.stringify(Object.fromEntries(indices.map((index) => [index, input]))));
  const url = `https://flow.test/api/trpc/${indices.map(() => path).join(',')}?batch=1&input=${inputs}`;
  return handleApiRequest(new Request(url, { headers: { host: 'flow.test' } }), {
    endpoint: '/api/trpc',
    services,
    facts: { token, requestId: 'request-1', address, userAgent: null },
  });
}

test('each call of a batch counts: what is over the limit is refused with 429 and the time to wait, the rest is answered', async () => {
  const services = limited();
  const { burst = 0 } = procedureLimits['deployment.preview'] ?? {};
  const call = {
    path: 'deployment.preview',
    input: { tenant: tenant.slug, serviceId: tenant.serviceId, environmentId: tenant.productionId },
    token: tenant.people.developer.token,
  };
  for (let sent = 0; sent < burst - 10; sent += 10) expect((await batch(services, { ...call, count: 10 })).status).toBe(200);
  const over = await batch(services, { ...call, count: 20 });
  expect(over.status).toBe(207);
  expect(over.headers.get('retry-after')).toBe('1');
  const refused = [...(await over.text()).matchAll(/"httpStatus":429/g)];
  expect(refused).toHaveLength(10);
  const alone = await batch(services, call);
  expect(alone.status).toBe(429);
  expect(await alone.text()).toContain('Too many requests at once: try again in 1 second');
});

test('who is over the limit holds up nobody else, and is let in again after the wait', async () => {
  let nowMs = worldNow.getTime();
  const services = limited(() => new Date(nowMs));
  const call = { path: 'deployment.diff', token: tenant.people.developer.token };
  const { burst = 0 } = procedureLimits['deployment.diff'] ?? {};
  for (let sent = 0; sent < burst; sent += 20) expect((await batch(services, { ...call, count: 20 })).status).not.toBe(429);
  expect((await batch(services, call)).status).toBe(429);
  expect((await batch(services, { ...call, token: tenant.people.viewer.token })).status).not.toBe(429);
  nowMs += 1_000;
  expect((await batch(services, call)).status).not.toBe(429);
});

test('a stranger to a tenant cannot use up its limit', async () => {
  const counted: string[] = [];
  const services = {
    ...testServices(db),
    rates: { count: (name: string, key: string) => void counted.push(`${name} ${key}`), countProcedure: () => undefined },
  };
  const input = { tenant: tenant.slug };
  expect((await batch(services, { path: 'home.get', input, token: other.people.admin.token })).status).toBe(404);
  expect(counted).toEqual([`personQuery ${other.people.admin.id}`]);
  expect((await batch(services, { path: 'home.get', input, token: tenant.people.viewer.token })).status).toBe(200);
  expect(counted.slice(1)).toEqual([`personQuery ${tenant.people.viewer.id}`, `tenantQuery ${tenant.id}`]);
});

test('those who are not logged in count by their address', async () => {
  const services = limited();
  const call = { path: 'session.installation', count: 20, address: '192.0.2.1' };
  for (let sent = 0; sent < limits.strangerQuery.burst; sent += 20) expect((await batch(services, call)).status).toBe(200);
  expect((await batch(services, { ...call, count: 1 })).status).toBe(429);
  expect((await batch(services, { ...call, count: 1, address: '192.0.2.2' })).status).toBe(200);
});

test('a list of accounts tried from one address does not get far; a wrong password says when to try again', async () => {
  const services = limited();
  const attempt = (address: string) =>
    answerLogIn(services, { email: `"${testId('x')}`, password: 'x', userAgent: null, address, formerToken: null });
  for (let tried = 0; tried < limits.logIn.burst; tried += 1) expect(await attempt('192.0.2.1')).toMatchObject({ code: 'invalid' });
  expect(await attempt('192.0.2.1')).toMatchObject({ ok: false, code: 'limited', retryAfterSeconds: 1 });
  expect(await attempt('192.0.2.2')).toMatchObject({ code: 'invalid' });
});

test('a flood of deliveries is refused before they are looked at', async () => {
  const services = limited();
  for (let sent = 0; sent < limits.delivery.burst; sent += 1) services.rates.count('delivery', '192.0.2.1');
  const answer = await answerWebhook(services, { sourceId: 'any', headers: {}, body: new Uint8Array(), address: '192.0.2.1' });
  expect(answer).toMatchObject({ status: 429, retryAfterSeconds: 1 });
});
