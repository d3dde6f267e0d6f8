import type { IncomingMessage, ServerResponse } from 'node:http';
import { handleApiRequest } from '@flow/api/door';
import type { ApiServices } from '@flow/api/router';
import { answerWebhook } from '@flow/api/server';
import type { Streams } from '@flow/api/stream';
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

/** The doors that are not pages, by the beginning of their path. */
const table: readonly [string, Route][] = [
  ['/api/trpc/', api],
  ['/api/stream', stream],
  ['/api/webhooks/git/', webhook],
  ['/api/healthz', health],
  ['/api/readyz', ready],
  ['/schemas/pipeline-v1.json', schema],
];

/** The route of a path, or undefined when it is a page. */
export function routeOf(path: string): Route | undefined {
  return table.find(([prefix]) => path === prefix || path.startsWith(prefix))?.[1];
}

async function api(request: IncomingMessage, response: ServerResponse, routes: RouteServices): Promise<void> {
  const facts = {
    token: await tokenOf(request, routes),
    requestId: routes.services.newId(),
    address: addressOf(request, routes.trustedHops),
    userAgent: request.headers['user-agent'] ?? null,
  };
  const answer = await handleApiRequest(toFetchRequest(request, routes.publicUrl), {
    endpoint: '/api/trpc',
    services: routes.services,
    facts,
  });
  if (request.method === 'POST') routes.onWritten();
  await sendFetchResponse(response, answer);
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
  const sourceId = (request.url ?? '').split('?')[0]?.slice('/api/webhooks/git/'.length) ?? '';
  const body = await readBody(request, webhookBytesMax);
  if (body === null) return sendJson(response, 413, { error: { message: 'The delivery is larger than 1 MB' } });
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
  const answer = await answerWebhook(routes.services, { sourceId, headers, body, address: addressOf(request, routes.trustedHops) });
  routes.onWritten();
  if (answer.retryAfterSeconds !== null) response.setHeader('retry-after', String(answer.retryAfterSeconds));
  sendJson(response, answer.status, answer.body);
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
