import { FlowError } from '@flow/core/fault';
import type { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { createAppRouter, createContext } from '../router/index.ts';
import type { ApiServices, RequestFacts } from '../router/index.ts';
import { admitRequest, batchMax, bodyBytesMax } from './admit-request.ts';

/**
 * Answers one HTTP request to the API below `endpoint` (for example `/api/trpc`). Admission, body limit, batch limit and the ban on caching are here,
 * so that a web server only has to say who asks.
 */
export async function handleApiRequest(
  request: Request,
  options: { endpoint: string; services: ApiServices; facts: RequestFacts },
): Promise<Response> {
  const { endpoint, services, facts } = options;
  const admission = admitRequest(request.headers, request.method);
  if (!admission.ok) return refusal(admission.status, admission.message, facts.requestId);
  const bounded = await withBoundedBody(request);
  if (bounded === null) return refusal(413, 'The request is larger than 1 MB', facts.requestId);
  return fetchRequestHandler({
    endpoint,
    req: bounded,
    router: createAppRouter(),
    createContext: () => createContext(services, facts),
    maxBatchSize: batchMax,
    // A question may come as a body where an address would be too long for it.
    allowMethodOverride: true,
    responseMeta: ({ errors }) => ({ headers: { 'cache-control': 'no-store', ...retryAfter(errors) } }),
    onError({ error, path }) {
      // Faults inside a procedure were logged by its middleware; this is for what failed before one was reached.
      if (path === undefined && error.code === 'INTERNAL_SERVER_ERROR')
        services.log.error({ requestId: facts.requestId, error: error.cause ?? error }, 'A request failed');
    },
  });
}

/** When the whole batch can be sent again (RFC 9110, 10.2.3). */
function retryAfter(errors: readonly TRPCError[]): Record<string, string> {
  const waits = errors.flatMap(({ cause }) =>
    cause instanceof FlowError && cause.retryAfterSeconds !== null ? [cause.retryAfterSeconds] : [],
  );
  return waits.length === 0 ? {} : { 'retry-after': String(Math.max(...waits)) };
}

function refusal(status: number, message: string, requestId: string): Response {
  return Response.json(
    { error: { message, data: { httpStatus: status, requestId } } },
    { status, headers: { 'cache-control': 'no-store' } },
  );
}

/** The request with its whole body in memory, or null as soon as it is larger than the limit, whatever its length header says. */
async function withBoundedBody(request: Request): Promise<Request | null> {
  if (request.body === null) return request;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body) {
    size += piece.byteLength;
    if (size > bodyBytesMax) return null;
    pieces.push(piece);
  }
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: Buffer.concat(pieces),
    signal: request.signal,
  });
}
