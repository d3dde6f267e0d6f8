import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createOutbound, readAllowedPlaces } from '@flow/delivery/outbound';
import { provenId } from '@flow/operations/webhook';
import { afterEach, describe, expect, test } from 'vitest';
import { callExternal } from './call-external.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const callKey = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const now = new Date('2026-03-01T10:00:00Z');

async function service(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<number> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  closing.push(
    () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  );
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function call(url: string, { allow = 'ok.test', resolved = '127.0.0.1', timeoutSeconds = 10 } = {}) {
  const read = readAllowedPlaces(allow);
  if (!read.ok) throw new Error(read.message);
  await using outbound = createOutbound({ allowed: read.places, resolve: () => Promise.resolve([resolved]) });
  const asked = { url, callKey, timeoutSeconds, body: '{"type":"flow.check"}' };
  return await callExternal(outbound, asked, { id: 'q1', now, signal: new AbortController().signal });
}

const unreadable = { kind: 'failed', trouble: 'cannot be reached, or answers what cannot be read' };

describe('a call to an outside service', () => {
  test('is signed, and what it answers at once counts', async () => {
    let proven: string | null = null;
    const port = await service(({ headers }, response, body) => {
      const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      proven = provenId(callKey, { headers: named, body: Buffer.from(body) }, now);
      response.end('{"result":"allowed","reason":"CHG1"}');
    });
    expect(await call(`http://ok.test:${port}/`)).toEqual({ kind: 'answered', result: 'allowed', reason: 'CHG1' });
    expect(proven).toBe('q1');
  });

  test('that is answered with garbage may be tried again, and the garbage is not told', async () => {
    const port = await service((_request, response) => response.end('a secret of theirs'));
    expect(await call(`http://ok.test:${port}/`)).toEqual({ kind: 'failed', trouble: 'answered something that is no answer' });
  });

  test('is not read beyond 16 KB', async () => {
    const port = await service((_request, response) => response.end(`{"result":"allowed","padding":"${'x'.repeat(20_000)}"}`));
    expect(await call(`http://ok.test:${port}/`)).toEqual(unreadable);
  });

  test('that takes too long ends in time and says so', async () => {
    const port = await service(() => undefined);
    expect(await call(`http://ok.test:${port}/`, { timeoutSeconds: 1 })).toEqual({ kind: 'failed', trouble: 'did not answer in 1 s' });
  });

  test('follows no redirect to where it may not go', async () => {
    const reached: string[] = [];
    const inside = await service((request, response) => {
      reached.push(request.url ?? '');
      response.end('{"result":"allowed"}');
    });
    const port = await service((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inside}/inside` }).end('{"result":"allowed"}');
    });
    expect((await call(`http://ok.test:${port}/`)).kind).toBe('unfit');
    expect(reached).toEqual([]);
  });

  test('does not go to a name that leads inside', async () => {
    const port = await service((_request, response) => response.end('{"result":"allowed"}'));
    expect(await call(`https://inside.test:${port}/`, { allow: '' })).toEqual(unreadable);
    expect((await call(`http://inside.test:${port}/`, { allow: '' })).kind).toBe('unfit');
  });
});
