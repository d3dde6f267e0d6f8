import { tracedPart, type TracedWork } from '@flow/telemetry/trace';
import { Agent, request, type Dispatcher } from 'undici';
import type { ClusterConnection } from '../kubeconfig/index.ts';
import { codeOf, connectionFault, type Attempt } from './answer.ts';

/** Named time limits of one cluster, in milliseconds. */
export interface ClusterTimeouts {
  connectMs: number;
  /** Until the first byte of an answer. */
  answerMs: number;
  /** Between two parts of an answer that is not a stream. */
  bodyMs: number;
}
export const defaultTimeouts: ClusterTimeouts = { connectMs: 5_000, answerMs: 20_000, bodyMs: 20_000 };

export interface HttpCall {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal | undefined;
  /** 0 keeps a stream open for as long as it likes. */
  bodyTimeoutMs?: number;
  attempt: Attempt;
}

/** One kept-alive dispatcher for one cluster. */
export interface ClusterHttp extends AsyncDisposable {
  send(call: HttpCall): Promise<{ status: number; body: Dispatcher.ResponseData['body'] }>;
}

const maxConnections = 64;

/** Opens the dispatcher of a cluster; `await using` or dispose it to close its connections. */
export function openHttp(connection: ClusterConnection, timeouts: ClusterTimeouts): ClusterHttp {
  const { credential } = connection;
  const agent = new Agent({
    connections: maxConnections,
    keepAliveTimeout: 30_000,
    headersTimeout: timeouts.answerMs,
    bodyTimeout: timeouts.bodyMs,
    connect: {
      timeout: timeouts.connectMs,
      ...(connection.caPem === null ? {} : { ca: connection.caPem }),
      ...(credential.kind === 'certificate' ? { cert: credential.certPem, key: credential.keyPem } : {}),
    },
  });
  const authorization = credential.kind === 'token' ? { authorization: `Bearer ${credential.token}` } : {};
  const once = (call: HttpCall): Promise<Dispatcher.ResponseData> =>
    request(addressOf(connection.server, call), {
      dispatcher: agent,
      method: call.method,
      headers: { accept: 'application/json', 'user-agent': 'flow', ...authorization, ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      ...(call.bodyTimeoutMs === undefined ? {} : { bodyTimeout: call.bodyTimeoutMs }),
    });
  return {
    send: (call) =>
      tracedPart(workOf(connection.server, call), async (end) => {
        try {
          const answer = await sendTwice(call, once);
          end.tell({ 'http.response.status_code': answer.statusCode });
          return { status: answer.statusCode, body: answer.body };
        } catch (cause) {
          if (call.signal?.aborted === true) throw cause;
          throw connectionFault(call.attempt, cause);
        }
      }),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function workOf(server: string, { method, path, attempt }: HttpCall): TracedWork {
  const attributes = { 'http.request.method': method, 'server.address': new URL(server).hostname, 'url.path': path };
  return { name: `cluster ${attempt.verb}`, role: 'client', attributes };
}

/** A kept-alive connection that the server closed meanwhile fails at its next use: reads go once more. */
async function sendTwice(call: HttpCall, once: (call: HttpCall) => Promise<Dispatcher.ResponseData>): Promise<Dispatcher.ResponseData> {
  try {
    return await once(call);
  } catch (cause) {
    const isStale = call.method === 'GET' && (codeOf(cause) === 'UND_ERR_SOCKET' || codeOf(cause) === 'ECONNRESET');
    if (!isStale || call.signal?.aborted === true) throw cause;
    return once(call);
  }
}

function addressOf(server: string, call: HttpCall): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return `${server}${call.path}${text === '' ? '' : `?${text}`}`;
}
