import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

const question = z.object({
  data: z.object({ id: z.string(), callbackUrl: z.string(), deployment: z.object({ id: z.string() }) }),
});

/** One signed call of Flow. */
export interface Asked {
  headers: IncomingHttpHeaders;
  body: string;
}

/** An outside service that is asked about deployments and answers later. */
export interface CheckService extends AsyncDisposable {
  url: string;
  asked: readonly Asked[];
  /** Answers what it was asked last, signed with the secret. */
  answer: (secret: string, given: { result: 'allowed' | 'refused'; reason: string }) => Promise<number>;
}

function sign(secret: string, { id, seconds, body }: { id: string; seconds: string; body: string }): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Whether a call was signed with the secret, as Standard Webhooks has it. */
export function isSigned(secret: string, { headers, body }: Asked): boolean {
  const [id, seconds] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
  return headers['webhook-signature'] === sign(secret, { id, seconds, body });
}

/** Opens one on loopback. */
export async function openCheckService(): Promise<CheckService> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      asked.push({ headers: request.headers, body });
      response.writeHead(202).end('{"result":"pending","reason":"The board meets at noon"}');
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/check`,
    asked,
    async answer(secret, given) {
      const { data } = question.parse(JSON.parse(asked.at(-1)?.body ?? '{}'));
      const body = JSON.stringify({ id: data.id, deploymentId: data.deployment.id, ...given });
      const [id, seconds] = ['answer-1', String(Math.floor(Date.now() / 1_000))];
      const signed = { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': sign(secret, { id, seconds, body }) };
      const headers = { 'content-type': 'application/json', ...signed };
      return (await fetch(data.callbackUrl, { method: 'POST', headers, body })).status;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
