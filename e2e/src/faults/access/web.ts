import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openServices } from '@flow/api/server';
import { callProcedure } from '@flow/api/testing';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const uncounted = { callBegins: () => () => undefined, eventRead: () => undefined, countViewers: () => undefined };

export interface Call {
  path: string;
  type: 'query' | 'mutation';
  input: unknown;
  token: string;
}

/** What a web process holds, without its pages: procedures behind the door, and live streams, with its own memory of who is logged in. */
export interface Web extends AsyncDisposable {
  /** `OK`, or the code of the refusal. */
  call(call: Call): Promise<string>;
  /** Opens a live stream of a tenant; resolves when the server ends it. */
  watch(of: { tenant: string; token: string }): Promise<{ status: number; ended: Promise<void> }>;
}

/** Opens one over a database, as the product does. */
export async function openWeb(databaseUrl: string): Promise<Web> {
  const opened = await openServices(
    { databaseUrl, encryptionKey: 'a key for tests with many characters', rateScale: 1_000_000, auditKey: null },
    silent,
    uncounted,
  );
  const server = createServer((request, response) => {
    const query = Object.fromEntries(new URL(request.url ?? '/', 'http://flow.test').searchParams);
    void opened.streams.open({ query, lastEventId: null, token: request.headers.authorization ?? null, response });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // parsed: a server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    async call({ path, type, input, token }) {
      const { code } = await callProcedure(opened.services, { procedure: { path, type }, input, token });
      if (type === 'mutation') opened.onWritten();
      return code;
    },
    async watch({ tenant, token }) {
      const answer = await fetch(`http://127.0.0.1:${port}/?tenant=${tenant}&topics=tenant`, { headers: { authorization: token } });
      return { status: answer.status, ended: drain(answer) };
    },
    async [Symbol.asyncDispose]() {
      opened.streams.stop();
      server.close();
      await opened.close();
    },
  };
}

async function drain({ body }: Response): Promise<void> {
  for await (const _piece of body ?? []);
}
