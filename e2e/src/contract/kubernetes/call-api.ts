import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';

/** One call of the API as it is, for what the client of Flow keeps from its callers. */
export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** Default JSON. */
  type?: string;
  accept?: string;
}

const fields = z.record(z.string(), z.unknown());
export type Fields = z.infer<typeof fields>;

/** Calls the API and reads the whole answer. */
export async function callApi(connection: ClusterConnection, call: ApiCall): Promise<{ status: number; body: Fields }> {
  const answer = await send(connection, call);
  let text = '';
  for await (const part of answer) text += String(part);
  return { status: answer.statusCode ?? 0, body: parsed(text) };
}

function parsed(text: string): Fields {
  try {
    return fields.parse(JSON.parse(text));
  } catch {
    return { text };
  }
}

const event = z.object({ type: z.string(), object: fields });
export type ApiEvent = z.infer<typeof event>;

/** A watch that is read event by event. */
export interface ApiWatch {
  status: number;
  /** The next event; undefined when the stream has ended. */
  readonly next: () => Promise<ApiEvent | undefined>;
  readonly close: () => void;
}

/** Opens a watch of a path that says `watch=1`. */
export async function watchApi(connection: ClusterConnection, path: string, accept = 'application/json'): Promise<ApiWatch> {
  const answer = await send(connection, { method: 'GET', path, accept });
  const lines = createInterface({ input: answer })[Symbol.asyncIterator]();
  const next = async (): Promise<ApiEvent | undefined> => {
    const line = await lines.next();
    return line.done === true ? undefined : event.parse(JSON.parse(line.value));
  };
  return { status: answer.statusCode ?? 0, next, close: () => void answer.destroy() };
}

function send(connection: ClusterConnection, call: ApiCall): Promise<IncomingMessage> {
  const { credential, caPem, server } = connection;
  const text = call.body === undefined ? '' : JSON.stringify(call.body);
  const options: RequestOptions = {
    method: call.method,
    agent: false,
    ...(caPem === null ? {} : { ca: caPem }),
    ...(credential.kind === 'certificate' ? { cert: credential.certPem, key: credential.keyPem } : {}),
    headers: {
      'content-type': call.type ?? 'application/json',
      'content-length': Buffer.byteLength(text),
      accept: call.accept ?? 'application/json',
      'user-agent': 'contract',
      ...(credential.kind === 'token' && credential.token !== '' ? { authorization: `Bearer ${credential.token}` } : {}),
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(call.path, server), options, resolve);
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
