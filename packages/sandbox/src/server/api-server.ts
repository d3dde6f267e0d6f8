import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, forbidden, toStatus } from '../store/api-error.ts';
import type { SandboxLog } from '../store/context.ts';
import type { ServerCertificate } from './gate/certificates.ts';
import { answerFaults, type FaultParts } from './gate/fault-endpoint.ts';
import { Faults, type RequestFault } from './gate/faults.ts';
import { checkHost } from './gate/host-check.ts';
import { ADMIN_RULES, identify, type TokenGrant } from './gate/identity.ts';
import type { ApiAnswer, ApiRequest, ServerParts } from './request.ts';
import { route, type RouterParts } from './router.ts';
import { ListPages } from './verbs/list-pages.ts';
import { OpenWatches } from './verbs/watch.ts';

/** One listening API server. */
export interface ApiServer {
  port: number;
  /** Ends the open streams, then the server. */
  stop(): Promise<void>;
}

/** What an API server is made of. */
export interface ApiServerOptions {
  parts: ServerParts;
  certificate: ServerCertificate;
  /** Who may come in, asked at each request. */
  grants: () => readonly TokenGrant[];
  /** 0 for any free port. */
  port: number;
  log: SandboxLog;
}

const HEALTH_PATHS = new Set(['/healthz', '/livez', '/readyz']);

/** Starts the HTTPS server on 127.0.0.1, and nowhere else. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const handler = new RequestHandler(options);
  const server = createServer(
    // Longer than any client keeps an idle connection, so that a request never meets a socket that is being closed.
    { key: options.certificate.keyPem, cert: options.certificate.certPem, keepAliveTimeout: 180_000, requestTimeout: 60_000 },
    (incoming, response) => void handler.handle(incoming, response),
  );
  const port = await listen(server, options.port);
  return {
    port,
    stop: async () => {
      handler.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

class RequestHandler {
  readonly #options: ApiServerOptions;
  readonly #parts: RouterParts & FaultParts;
  readonly #stopping = new AbortController();

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#parts = { ...options.parts, pages: new ListPages(options.parts.store), watches: new OpenWatches(), faults: new Faults() };
  }

  stop(): void {
    this.#parts.watches.endAll();
    this.#stopping.abort();
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const answer = await this.#answer(incoming, response, AbortSignal.any([gone.signal, this.#stopping.signal]));
      if (answer !== undefined) send(response, answer);
    } catch (error) {
      this.#refuse(incoming, response, error);
    }
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<ApiAnswer> {
    checkHost(incoming.headers.host);
    const url = new URL(incoming.url ?? '/', 'https://localhost');
    if (HEALTH_PATHS.has(url.pathname)) return { status: 200, body: Buffer.from('ok'), contentType: 'text/plain' };
    const identity = identify(this.#options.grants(), incoming.headers.authorization, this.#parts.clock.now());
    const method = incoming.method ?? 'GET';
    const request: ApiRequest = { method, url, query: url.searchParams, identity, incoming, response, signal };
    if (url.pathname === '/sandbox/faults') {
      if (identity.rules !== ADMIN_RULES) throw forbidden('faults can be set with the admin token only');
      return answerFaults(this.#parts, request);
    }
    const faults = this.#parts.faults.take(method, `${url.pathname}${url.search}`);
    for (const fault of faults) await this.#suffer(fault, request);
    if (response.destroyed) return undefined;
    const answer = await route(this.#parts, request);
    if (!faults.some((fault) => fault.kind === 'lose-answer')) return answer;
    response.destroy();
    return undefined;
  }

  async #suffer(fault: RequestFault, request: ApiRequest): Promise<void> {
    switch (fault.kind) {
      case 'latency':
        await new Promise<void>((resolve) => {
          this.#options.parts.clock.after(fault.latencyMs, resolve);
        });
        return;
      case 'reset':
        request.response.destroy();
        return;
      case 'status': {
        const details = fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds };
        throw new ApiError(fault.status, fault.reason ?? 'InternalError', {
          message: fault.message ?? `injected status ${fault.status}`,
          details,
        });
      }
      case 'lose-answer':
    }
  }

  #refuse(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed) return;
    const refusal = error instanceof ApiError ? error : this.#unexpected(incoming, error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (refusal.details.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(refusal.details.retryAfterSeconds));
    send(response, { status: refusal.status, body: toStatus(refusal) });
    // What is left of a refused body is not worth reading.
    if (!incoming.complete) incoming.resume();
  }

  #unexpected(incoming: IncomingMessage, error: unknown): ApiError {
    this.#options.log('a request failed inside the sandbox', {
      method: incoming.method,
      url: incoming.url,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return new ApiError(500, 'InternalError', { message: 'Internal error occurred in the sandbox; its log says more' });
  }
}

function send(response: ServerResponse, answer: NonNullable<ApiAnswer>): void {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'application/json',
    'Content-Length': body.length,
    'Cache-Control': 'no-cache, private',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}
