import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '@flow/delivery/cluster';
import type { RealCluster } from '../cluster/access.ts';
import { createGitHost } from './git-host.ts';
import { ImageStore } from './image-store.ts';
import { Measurements } from './measurements.ts';

/** What a company has beside its clusters: a git host, a store of images, and measurements of what runs. */
export interface Surroundings extends AsyncDisposable {
  repositoryUrl: (name: string) => string;
  measurementsUrl: string;
}

/** An address of the first region, so that steps in its containers reach it; `flow-image` in the image tools:local knows it. */
const place = { host: '127.96.0.1', port: 5000 } as const;
const maxImageBytes = 16 * 1024 * 1024;

/** Opens them for the real clusters; bare repositories are those below `repositories`. */
export async function openSurroundings(clusters: readonly RealCluster[], repositories: string): Promise<Surroundings> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'flow-surroundings-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const clients = clusters.map(({ name, admin }) => [name, stack.use(connectCluster(admin))] as const);
  const images = new ImageStore(folder);
  const measurements = stack.use(new Measurements(images, new Map(clients)));
  const git = createGitHost(repositories);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://surroundings');
    if (pathname.startsWith('/git/')) return git(request, response, pathname.slice('/git'.length));
    if (pathname.startsWith('/images/') && request.method === 'PUT') {
      const isKept = await images.put(pathname.slice('/images/'.length), await textOf(request));
      return send(response, isKept ? 201 : 400, { isKept });
    }
    if (pathname !== '/traffic') return send(response, 404, {});
    const measured = await measurements.measure({ cluster: searchParams.get('cluster') ?? '', hash: searchParams.get('hash') ?? '' });
    return measured === null ? send(response, 404, {}) : send(response, 200, measured);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => send(response, 500, { error: String(error) }));
  });
  server.listen(place.port, place.host);
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const opened = stack.move();
  const base = `http://${place.host}:${place.port}`;
  return {
    repositoryUrl: (name) => `${base}/git/${name}`,
    measurementsUrl: `${base}/traffic`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > maxImageBytes) throw new Error('the image is too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
