import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { handleApiRequest } from '@flow/api/door';
import type { ApiServices } from '@flow/api/router';
import { answerAuditExport, answerCheckAnswer, answerWebhook } from '@flow/api/server';
import type { Streams } from '@flow/api/stream';
import { answerBytesMax } from '@flow/core/external-check';
import { pipelineJsonSchema } from '@flow/core/pipeline';
import { addressOf } from './address.ts';
import { readBody, sendFetchResponse, toFetchRequest, tokenOf } from './request.ts';

export interface RouteServices {
  services: ApiServices;
  streams: Streams;
  secret: string;
  cookieName: string;
  publicUrl: string;
  trustedHops: number;
  /** Called after every request that may have written something: listeners in other processes look. */
  onWritten: () => void;
  isReady: () => Promise<boolean>;
}

type Route = (request: IncomingMessage, response: ServerResponse, routes: RouteServices) => Promise<void>;

const webhookBytesMax = 1_000_000;

/** A door that is not a page. Its name is that of the measures. */
interface Door {
  prefix: string;
  name: string;
  route: Route;
}

/** The doors that are not pages, by the beginning of their path. */
const table: readonly Door[] = [
  { prefix: '/api/trpc/', name: 'api', route: api },
  { prefix: '/api/stream', name: 'stream', route: stream },
  { prefix: '/api/audit/export', name: 'audit-export', route: auditExport },
  { prefix: '/api/webhooks/git/', name: 'webhook', route: webhook },
  { prefix: '/api/webhooks/checks/', name: 'check-answer', route: checkAnswer },
  { prefix: '/api/healthz', name: 'health', route: health },
  { prefix: '/api/readyz', name: 'health', route: ready },
  { prefix: '/schemas/pipeline-v1.json', name: 'schema', route: schema },
];

/** The door of a path, or undefined when it is a page. */
export function doorOf(path: string): Door | undefined {
  return table.find(({ prefix }) => path === prefix || path.startsWith(prefix));
}

async function api(request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  const answer = await handleApiRequest(toFetchRequest(request, routes.publicUrl), {
    endpoint: '/api/trpc',
    services: routes.services,
    facts: await factsOf(request, routes),
  });
  if (request.method === 'POST') routes.onWritten();
  await sendFetchResponse(response, answer);
}

async function factsOf(request: IncomingMessage, routes: RouteServices) {
  return {
    token: await tokenOf(request, routes),
    requestId: routes.services.newId(),
    address: addressOf(request, routes.trustedHops),
    userAgent: request.headers['user-agent'] ?? null,
  };
}

async function stream(request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', routes.publicUrl);
  const lastEventId = request.headers['last-event-id'];
  await routes.streams.open({
    query: Object.fromEntries(searchParams),
    lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
    token: await tokenOf(request, routes),
    response,
  });
}

async function webhook(request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  if (request.method !== 'POST') return sendJson(response, 405, { error: { message: 'Deliveries are sent with POST' } });
  const body = await readBody(request, webhookBytesMax);
  if (body === null) return sendJson(response, 413, { error: { message: 'The delivery is larger than 1 MB' } });
  const sourceId = lastOf(request, '/api/webhooks/git/');
  sendDelivered(response, await answerWebhook(routes.services, { sourceId, ...deliveredOf(request, body, routes) }), routes);
}

async function checkAnswer(request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  if (request.method !== 'POST') return sendJson(response, 405, { error: { message: 'Answers are sent with POST' } });
  const body = await readBody(request, answerBytesMax);
  if (body === null) return sendJson(response, 413, { error: { message: 'The answer is larger than 16 KB' } });
  const questionId = lastOf(request, '/api/webhooks/checks/');
  sendDelivered(response, await answerCheckAnswer(routes.services, { questionId, ...deliveredOf(request, body, routes) }), routes);
}

function lastOf(request: IncomingMessage, prefix: string): string {
  return (request.url ?? '').split('?')[0]?.slice(prefix.length) ?? '';
}

function deliveredOf(request: IncomingMessage, body: Uint8Array, routes: RouteServices) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
  return { headers, body, address: addressOf(request, routes.trustedHops) };
}

function sendDelivered(response: ServerResponse, answer: Awaited<ReturnType<typeof answerWebhook>>, routes: RouteServices): void {
  routes.onWritten();
  if (answer.retryAfterSeconds !== null) response.setHeader('retry-after', String(answer.retryAfterSeconds));
  sendJson(response, answer.status, answer.body);
}

async function auditExport(request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  if (request.method !== 'GET') return sendJson(response, 405, { error: { message: 'An export is read with GET' } });
  const { searchParams } = new URL(request.url ?? '/', routes.publicUrl);
  const answer = await answerAuditExport(routes.services, {
    facts: await factsOf(request, routes),
    query: Object.fromEntries(searchParams),
  });
  if (!answer.ok) {
    if (answer.retryAfterSeconds !== null) response.setHeader('retry-after', String(answer.retryAfterSeconds));
    return sendJson(response, answer.status, { error: { message: answer.message } });
  }
  routes.onWritten();
  response.writeHead(200, {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-disposition': `attachment; filename="${answer.exported.fileName}"`,
    'cache-control': 'no-store',
  });
  // A file that breaks off has no signed end: whoever looks at it is told where.
  await pipeline(Readable.from(answer.exported.lines), response);
}

async function health(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  sendJson(response, 200, { alive: true });
  return Promise.resolve();
}

async function ready(_request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  const isReady = await routes.isReady();
  sendJson(response, isReady ? 200 : 503, { ready: isReady });
}

async function schema(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  sendJson(response, 200, pipelineJsonSchema());
  return Promise.resolve();
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}
