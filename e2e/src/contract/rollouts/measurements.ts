import { createServer, type Server } from 'node:http';

/** What each path answers; `errorRate` and `p95Ms` are what the chart of Flow looks for. */
const answers: Readonly<Record<string, { status: number; body: string }>> = {
  '/good': { status: 200, body: JSON.stringify({ errorRate: 0, p95Ms: 12 }) },
  '/bad': { status: 200, body: JSON.stringify({ errorRate: 0.5, p95Ms: 12 }) },
  '/broken': { status: 500, body: 'no measurements today' },
};

/** A source of measurements on this machine, for analyses. */
export interface Measurements extends AsyncDisposable {
  address(path: 'good' | 'bad' | 'broken'): string;
}

/** Opens one on a free port. */
export async function openMeasurements(): Promise<Measurements> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://measurements');
    const { status, body } = answers[pathname] ?? { status: 404, body: 'no such measurements' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  return {
    address: (path) => `http://127.0.0.1:${port}/${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The measurements have no port');
  return address.port;
}
