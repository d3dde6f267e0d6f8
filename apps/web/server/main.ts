import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { openServices } from '@flow/api/server';
import { openTelemetryDoor } from '@flow/telemetry/door';
import { createWebMetrics } from '@flow/telemetry/metrics';
import { traceOfLog } from '@flow/telemetry/trace';
import { openTracing } from '@flow/telemetry/tracing';
import next from 'next';
import pino from 'pino';
import { addressOf } from './address.ts';
import { offerAuthPort } from './auth-port.ts';
import { createAuthPort } from './auth.ts';
import { ownEnvironment, tellNextAuth } from './env.ts';
import type { WebEnvironment } from './env.ts';
import { doorOf } from './routes.ts';
import type { RouteServices } from './routes.ts';
import { commonHeaders, dataPolicy, newNonce, pagePolicy } from './security-headers.ts';
import { sessionCookieName } from './session-cookie.ts';

const read = ownEnvironment();
if (!read.ok) {
  process.stderr.write(`Flow does not start:\n${read.faults.map((fault) => `  ${fault}`).join('\n')}\n`);
  process.exit(1);
}
await start(read.environment);

async function start(environment: WebEnvironment): Promise<void> {
  const log = pino({ name: 'web', level: environment.logLevel, mixin: traceOfLog });
  const tracing = openTracing('flow-web', environment.traces);
  const metrics = createWebMetrics();
  const opened = await openServices(environment, log, metrics);
  tellNextAuth(environment.publicUrl);
  offerAuthPort(createAuthPort(environment, opened.services));
  const app = next({
    dev: environment.isDevelopment,
    dir: fileURLToPath(new URL('..', import.meta.url)),
    hostname: environment.host,
    port: environment.port,
  });
  await app.prepare();
  const pages = app.getRequestHandler();
  const routes: RouteServices = {
    ...opened,
    secret: environment.secret,
    cookieName: sessionCookieName(environment.publicUrl),
    publicUrl: environment.publicUrl,
    trustedHops: environment.trustedHops,
  };

  const server = createServer((request, response) => {
    const door = doorOf((request.url ?? '/').split('?')[0] ?? '/');
    const measured = metrics.requestBegins(door?.name ?? 'page');
    response.once('close', () => measured(response.statusCode));
    dress({ request, response }, environment, door === undefined);
    const answering = door === undefined ? pages(request, response) : door.route(request, response, routes);
    answering.catch((error: unknown) => {
      log.error({ err: error, url: request.url }, 'a request failed');
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'This did not work: it is a fault of Flow. Try again' } }));
    });
  });
  // Streams stay open; everything else must come in good time.
  server.requestTimeout = 60_000;
  server.headersTimeout = 20_000;
  const telemetry = await openTelemetryDoor(environment.metrics, { registry: metrics.registry, isReady: opened.isReady });
  server.listen(environment.port, environment.host, () =>
    process.stdout.write(`${JSON.stringify({ ready: true, process: 'web', url: environment.publicUrl })}\n`),
  );
  stopOnSignal(server, {
    beforeClose: () => routes.streams.stop(),
    afterClose: () => Promise.allSettled([opened.close(), app.close(), telemetry[Symbol.asyncDispose](), tracing[Symbol.asyncDispose]()]),
  });
}

/** Ends in order when it is told to: no new requests, the open ones to their end, then what they stood on. */
function stopOnSignal(server: Server, what: { beforeClose: () => void; afterClose: () => Promise<unknown> }): void {
  let isStopping = false;
  const stop = (): void => {
    // A second signal ends at once.
    if (isStopping) process.exit(1);
    isStopping = true;
    what.beforeClose();
    server.close(() => {
      void what.afterClose().then(() => process.exit(0));
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Under a supervisor that was killed there is nobody left to send a signal.
  process.on('disconnect', stop);
}

/**
 * What goes with every request and every answer. The `x-flow-…` headers are for the log-in route and the pages: whatever a client sends under these
 * names is replaced. Next gives its scripts the nonce of the policy that it finds in the request.
 */
function dress({ request, response }: Exchange, environment: WebEnvironment, isPage: boolean): void {
  const nonce = newNonce();
  const policy = pagePolicy(nonce, environment);
  request.headers['x-flow-address'] = addressOf(request, environment.trustedHops) ?? '';
  request.headers['x-flow-nonce'] = nonce;
  request.headers['content-security-policy'] = policy;
  response.setHeader('content-security-policy', isPage ? policy : dataPolicy);
  for (const [name, value] of Object.entries(commonHeaders(environment))) response.setHeader(name, value);
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}
