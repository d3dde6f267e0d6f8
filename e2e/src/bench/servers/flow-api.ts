import { createServer } from 'node:http';
import { handleApiRequest } from '@flow/api/door';
import { openServices } from '@flow/api/server';
import { createWebMetrics } from '@flow/telemetry/metrics';

// Flow's API behind the barest server there is, so that what is measured is the API: door, session, rights, scope, schemas, query.
const [databaseUrl = '', token = ''] = process.argv.slice(2);
const log = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields: unknown) => process.stderr.write(`${JSON.stringify(fields)}\n`),
};
const opened = await openServices(
  { databaseUrl, encryptionKey: 'bench-bench-bench-bench-bench-bench-bench', rateScale: 1, auditKey: null },
  log,
  createWebMetrics(),
);
// One client asks more than any person would: the limits are measured elsewhere.
const endless = { ...opened.services, rates: { count: () => undefined, countProcedure: () => undefined } };

const server = createServer((request, response) => {
  const incoming = new Request(`http://127.0.0.1${request.url ?? '/'}`, { headers: { host: '127.0.0.1' } });
  const facts = { token, requestId: 'bench', address: null, userAgent: null };
  void handleApiRequest(incoming, { endpoint: '/api/trpc', services: endless, facts }).then(async (answer) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(Buffer.from(await answer.arrayBuffer()));
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
