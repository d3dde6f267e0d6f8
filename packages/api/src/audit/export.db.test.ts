import { readExportLine } from '@flow/core/audit';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { checkChain, checkpointSigner } from '@flow/operations/audit';
import { closeIncident, openIncident } from '@flow/operations/incident';
import { actAs, addApiToken, addPerson, createTestTenant, systemActor } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerAuditExport } from '../server/index.ts';
import { callProcedure, testServices } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
  for (const title of ['First', 'Second']) {
    const ctx = actAs(db, tenant.id, tenant.people.developer.actor);
    const { incidentId } = await openIncident(ctx, { serviceId: tenant.serviceId, title, severity: 'minor' });
    await closeIncident(ctx, { incidentId });
  }
});

const key = 'test-key-test-key-test-key-test-key-test-key';
const sign = () =>
  checkChain(actAs(db, tenant.id, systemActor), {}, { signer: checkpointSigner(key), signal: AbortSignal.timeout(60_000) });
const ask = (token: string | null, query: Record<string, string> = {}) =>
  answerAuditExport(testServices(db), {
    facts: { token, requestId: 'request-1', address: '192.0.2.1', userAgent: null },
    query: { tenant: tenant.slug, ...query },
  });
const read = async (query: Record<string, string> = {}) => {
  const answer = await ask(tenant.people.admin.token, query);
  if (!answer.ok) throw new Error(answer.message);
  let text = '';
  for await (const piece of answer.exported.lines) text += piece;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => readExportLine(line));
};

describe('an export of the record', () => {
  test('holds every entry in its place, what it is, and the signed ends, and is written down itself', async () => {
    await sign();
    const lines = await read();
    expect(lines.map((line) => line?.kind)).toEqual(['header', 'link', 'link', 'link', 'link', 'link', 'checkpoint']);
    expect(lines[0]).toMatchObject({ header: { tenantId: tenant.id, head: { seq: 5 }, filter: {} } });
    expect(lines[5]).toMatchObject({ link: { seq: 5, entry: { action: 'audit.export', actor: `user:${tenant.people.admin.id}` } } });
  });

  test('with a filter holds what fits, in its place, and no signed ends', async () => {
    await sign();
    const lines = await read({ action: 'incident.close', from: '2026-01-01T00:00:00Z' });
    expect(lines).toMatchObject([
      { kind: 'header', header: { filter: { action: 'incident.close', from: '2026-01-01T00:00:00Z' } } },
      { kind: 'link', link: { seq: 2 } },
      { kind: 'link', link: { seq: 4 } },
    ]);
  });

  test('is for those who may read the record: others get what they would get of any page', async () => {
    const { id, people } = tenant;
    const [other, chief] = [await createTestTenant(db), await addPerson(db, { isPlatformAdmin: true })];
    const { token } = await addApiToken(db, id, { userId: people.admin.id, scopes: ['read', 'runs', 'deployments', 'services'] });
    const statusOf = async (by: string | null, query = {}) => {
      const answer = await ask(by, query);
      return answer.ok ? 200 : answer.status;
    };
    expect(await statusOf(null)).toBe(401);
    expect(await statusOf(people.developer.token)).toBe(403);
    expect(await statusOf(token)).toBe(403);
    expect(await statusOf(other.people.admin.token)).toBe(404);
    expect(await statusOf(people.releaseManager.token)).toBe(200);
    expect(await statusOf(people.admin.token, { tenant: 'platform' })).toBe(404);
    expect(await statusOf(chief.token, { tenant: 'platform' })).toBe(200);
    expect(await statusOf(people.admin.token, { surprise: '1' })).toBe(400);
    expect(await statusOf(people.admin.token, { from: 'yesterday' })).toBe(400);
  });
});

test('the page is told how far the chain goes, what the last walk found, and the newest signed end', async () => {
  const call = async (path: string): Promise<unknown> => {
    const { admin } = tenant.people;
    const answer = await callProcedure(testServices(db), {
      procedure: { path, type: 'query' },
      input: { tenant: tenant.slug },
      token: admin.token,
    });
    return JSON.parse(answer.body);
  };
  const data = (expected: object) => ({ result: { data: expected } });
  expect(await call('audit.chain')).toEqual(data({ seq: 4, check: null, signed: null, publicKey: expect.stringContaining('flow-audit+') }));
  await sign();
  const note = expect.stringContaining(tenant.id);
  expect(await call('audit.chain')).toMatchObject(data({ seq: 4, check: { seq: 4, fault: null }, signed: { seq: 4, note } }));
  expect(await call('audit.verify')).toEqual(data({ heldCount: 4, signedCount: 1, fault: null }));
  const places: unknown[] = [1, 2, 3, 4].map((seq): unknown => expect.objectContaining({ seq }));
  expect(await call('audit.list')).toMatchObject(data({ items: expect.arrayContaining(places) }));
});
