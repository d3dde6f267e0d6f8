import { createServer } from 'node:http';

/** A place where canaries are measured: it says of each region what it is told to. */
export interface CanaryMeasurements extends AsyncDisposable {
  /** Where the canaries of a region are measured. */
  addressOf: (region: string) => string;
  /** Regions whose canaries answer half of all requests with errors from now on. */
  failing: Set<string>;
}

/** Opens one on loopback. */
export async function openCanaryMeasurements(): Promise<CanaryMeasurements> {
  const failing = new Set<string>();
  const server = createServer((request, response) => {
    const region = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ errorRate: failing.has(region) ? 0.5 : 0, p95Ms: 20 }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    addressOf: (region) => `http://127.0.0.1:${port}/${region}?hash={{args.hash}}`,
    failing,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
