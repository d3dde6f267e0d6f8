import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { findTenantBySlug } from '@flow/db/tenancy';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { platformTenantId } from '@flow/operations/context';
import { disablePerson } from '@flow/operations/person';
import { createSessionVerifier, revokeSession, sessionIdOf } from '@flow/operations/session';
import { removeMember } from '@flow/operations/tenancy';
import { actAs, addPerson, addSession, createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHub } from './hub.ts';
import { createStreams } from './open-stream.ts';
import type { Streams } from './open-stream.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
let streams: Streams;
const stopping = new AbortController();
const web = createServer();

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
  tenant = await createTestTenant(db);
  streams = createStreams({
    hub: createHub({ db, signal: stopping.signal, onError: () => undefined }),
    sessions: createSessionVerifier({ db, now: () => worldNow }),
    findTenant: (slug) => findTenantBySlug(db.prisma, slug),
  });
  web.on('request', (request, response) => {
    const query = Object.fromEntries(new URL(request.url ?? '/', 'http://flow.test').searchParams);
    void streams.open({ query, lastEventId: null, token: request.headers.authorization ?? null, response });
  });
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
});
afterAll(async () => {
  streams.stop();
  stopping.abort();
  web.close();
  await db.close();
  await database[Symbol.asyncDispose]();
});

async function open(token: string | null, slug = tenant.slug) {
  // parsed: a server that listens on a port has an address with one.
  const { port } = web.address() as AddressInfo;
  const leaving = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${port}/?tenant=${slug}&topics=tenant`, {
    headers: token === null ? {} : { authorization: token },
    signal: leaving.signal,
  });
  return { status: answer.status, leave: () => leaving.abort(), body: () => answer.body?.pipeThrough(new TextDecoderStream()) ?? [] };
}

/** How many pings an open stream still got after `act`, before it ended. */
async function pingsAfter(token: string, act: () => Promise<unknown>): Promise<number> {
  const stream = await open(token);
  expect(stream.status).toBe(200);
  let pingsCount = 0;
  const ended = (async () => {
    for await (const piece of stream.body()) pingsCount += piece.split('event: ping').length - 1;
  })();
  await act();
  const before = pingsCount;
  await ended;
  return pingsCount - before;
}

test('members watch their tenant; others find nothing there, and nobody is told to log in', async () => {
  const stranger = await addPerson(db);
  const member = await open(tenant.people.viewer.token);
  expect(member.status).toBe(200);
  member.leave();
  expect((await open(stranger.token)).status).toBe(404);
  expect((await open(null)).status).toBe(401);
});

test('a platform admin watches every tenant, as they may read every one; one that is not there is not there for them either', async () => {
  const chief = await addPerson(db, { isPlatformAdmin: true });
  const stream = await open(chief.token);
  expect(stream.status).toBe(200);
  stream.leave();
  expect((await open(chief.token, 'no-such-tenant')).status).toBe(404);
});

test('a person has at most twenty open streams', async () => {
  const { token } = tenant.people.developer;
  const opened = await Promise.all(Array.from({ length: 20 }, () => open(token)));
  expect(opened.map((stream) => stream.status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect((await open(token)).status).toBe(429);
  for (const stream of opened) stream.leave();
});

test('an open stream ends with the next look at its rights, every 3 s, after a log-out, a disabling and a removal from the tenant', async () => {
  const chief = await addPerson(db, { isPlatformAdmin: true });
  const { admin, viewer, releaseManager } = tenant.people;
  const second = await addSession(db, viewer.id);
  const counts = await Promise.all([
    pingsAfter(second, () => revokeSession(actAs(db, platformTenantId, { ...viewer.actor, sessionId: sessionIdOf(second) }))),
    pingsAfter(releaseManager.token, () => disablePerson(actAs(db, platformTenantId, chief.actor), { userId: releaseManager.id })),
    pingsAfter(tenant.deputy.token, () => removeMember(actAs(db, tenant.id, admin.actor), { userId: tenant.deputy.id })),
  ]);
  // Every look sends a ping. One may have been under way already; counted so, the test holds on a slow machine too.
  for (const count of counts) expect(count).toBeLessThanOrEqual(2);
});
