import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SandboxContext } from '../../store/index.ts';
import type { Backend } from './service-backends.ts';
import type { TrafficBook } from './traffic-book.ts';

const BACKEND_TIMEOUT_MS = 30_000;

/** Headers that speak of one connection, not of the request. */
const HOP_HEADERS = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

export interface Forwarding {
  ctx: SandboxContext;
  book: TrafficBook;
  agent: Agent;
}

/**
 * One pool of connections to the pods of a cluster. They are not kept: a pod that closes an idle connection just as it is used again
 * would look like a failed request.
 */
export function createForwarding(ctx: SandboxContext, book: TrafficBook): Forwarding {
  return { ctx, book, agent: new Agent({ keepAlive: false, maxSockets: 64 }) };
}

/** Hands a request to the pod and its answer back, and records both. A pod that does not answer gives 502 and counts as an error. */
export function forwardRequest(
  forwarding: Forwarding,
  to: { service: string; backend: Backend },
  exchange: { incoming: IncomingMessage; outgoing: ServerResponse },
): void {
  const { incoming, outgoing } = exchange;
  const done = startMeasuring(forwarding, to);
  const upstream = httpRequest(
    {
      ...target(to.backend),
      agent: forwarding.agent,
      method: incoming.method,
      path: incoming.url,
      headers: withoutHopHeaders(incoming.headers),
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHopHeaders(answer.headers));
      answer.pipe(outgoing);
      answer.on('end', () => done((answer.statusCode ?? 502) >= 500));
      answer.on('error', () => done(true));
    },
  );
  const cancelTimeout = forwarding.ctx.clock.after(BACKEND_TIMEOUT_MS, () => upstream.destroy(new Error('no answer in time')));
  upstream.on('close', cancelTimeout);
  upstream.on('error', (error) => {
    done(true);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`the pod did not answer: ${error.message}\n`);
  });
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  incoming.pipe(upstream);
}

/** A visitor's request: the answer is read to its end and thrown away. */
export function visit(
  forwarding: Forwarding,
  to: { service: string; backend: Backend },
  asked: { path: string; onDone: () => void },
): void {
  const measured = startMeasuring(forwarding, to);
  const done = (isError: boolean): void => {
    if (measured(isError)) asked.onDone();
  };
  const headers = { host: to.service, 'user-agent': 'flow-sandbox-visitor' };
  const upstream = httpRequest({ ...target(to.backend), agent: forwarding.agent, method: 'GET', path: asked.path, headers }, (answer) => {
    answer.resume();
    answer.on('end', () => done((answer.statusCode ?? 502) >= 500));
    answer.on('error', () => done(true));
  });
  const cancelTimeout = forwarding.ctx.clock.after(BACKEND_TIMEOUT_MS, () => upstream.destroy(new Error('no answer in time')));
  upstream.on('close', cancelTimeout);
  upstream.on('error', () => done(true));
  upstream.end();
}

function target(backend: Backend): { host: string; port: number } {
  return { host: '127.0.0.1', port: backend.port ?? 0 };
}

/** The returned function records the first outcome and says whether it was the first. */
function startMeasuring({ book }: Forwarding, { service, backend }: { service: string; backend: Backend }): (isError: boolean) => boolean {
  const startedMs = performance.now();
  let isOver = false;
  return (isError) => {
    if (isOver) return false;
    isOver = true;
    book.record({ service, hash: backend.hash, isError, latencyMs: performance.now() - startedMs });
    return true;
  };
}

function withoutHopHeaders(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name)));
}
