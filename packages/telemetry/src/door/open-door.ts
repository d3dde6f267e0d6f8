import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a process tells those who run it. */
export interface DoorContent {
  registry: { contentType: string; metrics(): Promise<string> };
  isReady: () => Promise<boolean>;
}

export interface TelemetryDoor extends AsyncDisposable {
  /** Null when nothing was opened. */
  port: number | null;
}

/**
 * Opens the door for those who run Flow, apart from the portal, so that no proxy in front of that leads here: `/metrics` in Prometheus' text format (0.0.4),
 * `/healthz` while the process lives, `/readyz` while it can do its work. Rejects when the port is taken; opens nothing without a place.
 */
export async function openTelemetryDoor(place: { host: string; port: number } | null, content: DoorContent): Promise<TelemetryDoor> {
  if (place === null) return { port: null, [Symbol.asyncDispose]: () => Promise.resolve() };
  const server = createServer((request, response) => {
    answer(request.method ?? 'GET', request.url ?? '/', content).then(
      ({ status, type, text }) => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text),
      () => response.writeHead(500, plain).end('The measures cannot be read now\n'),
    );
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.host, resolve);
  });
  return {
    // A server that listens on a port has this kind of address (node:net, server.address()).
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const plain = { 'content-type': 'text/plain; charset=utf-8' };

interface Answer {
  status: number;
  type: string;
  text: string;
}

async function answer(method: string, url: string, { registry, isReady }: DoorContent): Promise<Answer> {
  const type = plain['content-type'];
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type, text: 'Only GET is answered\n' };
  switch (url.split('?')[0]) {
    case '/metrics':
      return { status: 200, type: registry.contentType, text: await registry.metrics() };
    case '/healthz':
      return { status: 200, type, text: 'alive\n' };
    case '/readyz':
      return (await isReady()) ? { status: 200, type, text: 'ready\n' } : { status: 503, type, text: 'the database does not answer\n' };
    default:
      return { status: 404, type, text: 'There are /metrics, /healthz and /readyz\n' };
  }
}
