import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { sessionTokenOf } from './session-cookie.ts';

/**
 * The access token of a program, from the bearer header, or the session token of a person, out of the encrypted cookie. A request that shows both is
 * read by its header: what is asked for explicitly counts. Null when there is none, or the cookie was not made here.
 */
export async function tokenOf(request: IncomingMessage, options: { secret: string; cookieName: string }): Promise<string | null> {
  const bearer = /^Bearer (flow_[\w-]{1,90})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  return sessionTokenOf(request.headers.cookie ?? '', options);
}

/** A request of node as the fetch standard has it; the body stays a stream. */
export function toFetchRequest(request: IncomingMessage, origin: string): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2)
    headers.append(request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '');
  const method = request.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // parsed: Readable.toWeb gives the web stream of node, which is the one that fetch takes.
  const body = hasBody ? (Readable.toWeb(request) as unknown as ReadableStream<Uint8Array>) : null;
  return new Request(new URL(request.url ?? '/', origin), { method, headers, body, ...(hasBody ? { duplex: 'half' } : {}) });
}

/** Sends an answer of the fetch standard. */
export async function sendFetchResponse(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/** The whole body, or null when it is larger than the limit. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of toBytes(request)) {
    size += bytes.length;
    if (size > bytesMax) return null;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

async function* toBytes(request: IncomingMessage): AsyncGenerator<Buffer> {
  for await (const piece of request) {
    const read: unknown = piece;
    if (read instanceof Uint8Array) yield Buffer.from(read);
  }
}
