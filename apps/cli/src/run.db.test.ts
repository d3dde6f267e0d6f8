import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { handleApiRequest } from '@flow/api/door';
import { testServices } from '@flow/api/testing';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { addApiToken, createTestTenant } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from './run.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let env: Record<string, string>;
let close: () => Promise<void>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  const { token } = await addApiToken(db, tenant.id, { userId: tenant.people.developer.id, scopes: ['read', 'deployments'] });
  const services = testServices(db);
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = await buffer(incoming);
      const headers = { 'content-type': 'application/json', host: 'flow.test' };
      const request = new Request(`http://flow.test${incoming.url ?? '/'}`, {
        method: incoming.method ?? 'GET',
        headers,
        ...(body.length === 0 ? {} : { body }),
      });
      const shown = incoming.headers.authorization?.replace('Bearer ', '') ?? null;
      const facts = { token: shown, requestId: 'request-1', address: '192.0.2.1', userAgent: 'cli' };
      const answer = await handleApiRequest(request, { endpoint: '/api/trpc', services, facts });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has this kind of address (node:net, server.address()).
  const { port } = server.address() as AddressInfo;
  env = { FLOW_URL: `http://127.0.0.1:${port}`, FLOW_TENANT: tenant.slug, FLOW_TOKEN: token };
  close = () => new Promise((resolve) => server.close(() => resolve()));
});
afterAll(async () => {
  await close();
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function flow(args: readonly string[], over: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await run(args, { env: { ...env, ...over }, out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}

test('can-deploy tells all that was considered, and a script can tell yes from not yet', async () => {
  const yes = await flow(['can-deploy', tenant.serviceSlug, tenant.developmentSlug]);
  expect(yes).toMatchObject({ code: 0, err: '' });
  expect(yes.out).toContain('Yes: it can start now.');
  const notYet = await flow(['can-deploy', tenant.serviceSlug, tenant.productionSlug, '--json']);
  expect(notYet.code).toBe(1);
  expect(JSON.parse(notYet.out)).toMatchObject({ verdict: { kind: 'needsApprovals' } });
});

test('deploy asks in the name of the token’s owner and says where to watch', async () => {
  const asked = await flow(['deploy', tenant.serviceSlug, tenant.developmentSlug, '--json']);
  expect(asked).toMatchObject({ code: 0, err: '' });
  const { deploymentId, page } = z.object({ deploymentId: z.string(), page: z.string() }).parse(JSON.parse(asked.out));
  expect(await db.prisma.deployment.count({ where: { tenantId: tenant.id, id: deploymentId, state: 'preparing' } })).toBe(1);
  expect(page).toBe(`${env['FLOW_URL'] ?? ''}/t/${tenant.slug}/deployments/${deploymentId}`);
});

test('where-is says so when no service knows the commit', async () => {
  expect(await flow(['where-is', 'abcdef12'])).toEqual({ code: 1, out: 'No service knows a commit that begins with abcdef12.\n', err: '' });
});

test.each([
  [['can-deploy', 'none', 'production'], /no .*service/i],
  [['can-deploy', '{service}', 'nowhere'], /There is no environment "nowhere"\. There are: /],
  [['deploy', '{service}', '{production}', '9.9.9'], /none is 9\.9\.9/],
  [['where-is', 'zz'], /Some fields need another look/],
  [['deploy'], /missing required argument/],
  [['remove', 'everything'], /unknown command/],
])('%j is told what is wrong with it', async (args, words) => {
  const named = args.map((arg) => arg.replace('{service}', tenant.serviceSlug).replace('{production}', tenant.productionSlug));
  const { code, err } = await flow(named);
  expect(err).toMatch(words);
  expect(code).toBeGreaterThan(1);
});

test('what is not set, a token that is none, and a portal that is not there are told apart', async () => {
  const command = ['can-deploy', tenant.serviceSlug, tenant.developmentSlug];
  expect(await flow(command, { FLOW_TOKEN: '', FLOW_URL: '' })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^Set FLOW_URL, FLOW_TOKEN:/),
  });
  expect(await flow(command, { FLOW_TOKEN: 'flow_none' })).toMatchObject({ code: 3, err: expect.stringMatching(/log in/i) });
  expect(await flow(command, { FLOW_URL: 'http://127.0.0.1:1' })).toMatchObject({
    code: 3,
    err: expect.stringMatching(/^Flow did not answer/),
  });
  expect(await flow(command, { FLOW_URL: 'ftp://x' })).toMatchObject({ code: 2, err: 'FLOW_URL is no address: ftp://x\n' });
});
