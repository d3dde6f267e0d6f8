import { createServer } from 'node:http';
import { totalCents } from './price.js';

const cart = [
  { count: 2, unitCents: 1250 },
  { count: 1, unitCents: 300 },
];

/** Answers one request. A release that makes this answer errors is stopped by its canary. */
function answer(request, response) {
  if (request.url === '/healthz') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
    return;
  }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ service: 'checkout', totalCents: totalCents(cart) }));
}

const port = Number(process.env.PORT ?? 8080);
const server = createServer(answer).listen(port, '127.0.0.1', () => console.log(`checkout listens on ${port}`));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
