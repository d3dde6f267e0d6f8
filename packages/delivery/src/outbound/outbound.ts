import { lookup as resolve } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FlowError } from '@flow/core/fault';
import { Agent, buildConnector, request } from 'undici';
import type { Dispatcher } from 'undici';
import { isSpecialAddress } from './special-ranges.ts';
import type { AllowedPlaces } from './special-ranges.ts';

/** What is sent: one request, its answer read to the end. */
export interface OutboundCall {
  method: 'GET' | 'POST';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal | undefined;
  /** Time for the whole call, and the most that is read of its answer; what holds for all calls without. */
  timeoutMs?: number;
  maxBytes?: number;
}

/** What came back: any status is an answer, a redirect too. The body is for those who sent it, never for a message to people. */
export interface OutboundAnswer {
  status: number;
  body: string;
}

/** The one way out of Flow to addresses that people type. Close it to end its connections. */
export interface Outbound extends AsyncDisposable {
  /** Sends, or throws a FlowError `upstream` whose message is the same for whatever stood in the way. */
  send(call: OutboundCall): Promise<OutboundAnswer>;
}

export interface OutboundOptions {
  allowed: AllowedPlaces;
  /** Every address of a name; from the resolver of the machine unless a test says otherwise. */
  resolve?: (host: string) => Promise<readonly string[]>;
  /** Time for the whole call, in milliseconds. */
  timeoutMs?: number;
  /** The most that is read of an answer. */
  maxBytes?: number;
}

const defaultTimeoutMs = 10_000;
const defaultMaxBytes = 1_024 * 1_024;
const maxUrlLength = 2_000;
const askForHttps = 'Give an address that begins with https://';

/**
 * A client for web calls to addresses that tenants give: https on any host of the internet, and whatever the operator allows. The address is decided on
 * when it is connected to, after the name was resolved, and it is that very address that is connected to. No redirects, 10 s, 1 MB, no proxy, no cookies.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { allowed, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = options;
  const agent = new Agent({
    connect: guardedConnector({ allowed, resolve: options.resolve ?? resolveAll, timeoutMs }),
    connections: 16,
    pipelining: 0,
    keepAliveTimeout: 1_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16_384,
  });
  return {
    async send(call) {
      const url = readUrl(call.url, allowed);
      const limits = { timeoutMs: call.timeoutMs ?? timeoutMs, maxBytes: call.maxBytes ?? maxBytes };
      const deadline = AbortSignal.timeout(limits.timeoutMs);
      const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
      try {
        const answer = await request(url, {
          dispatcher: agent,
          method: call.method,
          headers: { 'user-agent': 'flow', ...call.headers },
          signal,
          headersTimeout: limits.timeoutMs,
          bodyTimeout: limits.timeoutMs,
          ...(call.body === undefined ? {} : { body: call.body }),
        });
        return { status: answer.statusCode, body: await readBody(answer.body, limits.maxBytes) };
      } catch (cause) {
        if (call.signal?.aborted === true) throw cause;
        throw unreachable(cause);
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** Whether an address can be called at all, as far as its text says: for a form. What its name resolves to is decided at each call. */
export function checkOutboundUrl(text: string, allowed: AllowedPlaces): { ok: true } | { ok: false; message: string } {
  try {
    readUrl(text, allowed);
    return { ok: true };
  } catch (error) {
    return { ok: false, message: error instanceof FlowError ? error.message : 'This is no address' };
  }
}

function readUrl(text: string, allowed: AllowedPlaces): URL {
  const url = text.length > maxUrlLength ? null : URL.parse(text);
  if (url === null) throw refusal(askForHttps);
  const host = hostOf(url);
  const isAllowed = allowed.hosts.has(host) || allowed.covers(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isAllowed)) throw refusal(askForHttps);
  if (`${url.username}${url.password}` !== '') throw refusal('An address with a name or a password in it is not called');
  if (!isAllowed && isIP(host) !== 0 && isSpecialAddress(host)) throw unreachable(undefined);
  return url;
}

/** Lower case, without the brackets of an address and the dot at the end of a name: `new URL` has folded the rest. */
function hostOf(url: URL): string {
  return url.hostname.replaceAll(/^\[|\]$/g, '').replace(/\.$/, '');
}

function refusal(message: string): FlowError {
  return new FlowError({ code: 'invalid', message, fields: [{ path: 'url', message }] });
}

/** One sentence for everything: whoever asks learns nothing of what is behind an address. */
function unreachable(cause: unknown): FlowError {
  const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'a special address';
  return new FlowError({ code: 'upstream', owner: 'configuration', message: 'The address cannot be reached', detail, cause });
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await resolve(host, { all: true, verbatim: true })).map(({ address }) => address);
}

interface Guard {
  allowed: AllowedPlaces;
  resolve: (host: string) => Promise<readonly string[]>;
  timeoutMs: number;
}

function guardedConnector({ allowed, resolve: addressesOf, timeoutMs }: Guard): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  return (options, settle) => {
    const host = options.hostname
      .replaceAll(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .toLowerCase();
    const isAllowed = (address: string): boolean => allowed.hosts.has(host) || allowed.covers(address) || !isSpecialAddress(address);
    const addresses = isIP(host) === 0 ? addressesOf(host) : Promise.resolve([host]);
    addresses
      .then((found) => {
        const [first] = found;
        // A name with one address inside and one outside is a trick, not a choice.
        if (first === undefined || !found.every(isAllowed)) throw unreachable(undefined);
        connect({ ...options, hostname: first, servername: isIP(host) === 0 ? host : '' }, settle);
      })
      .catch((cause: unknown) => settle(unreachable(cause), null));
  };
}

async function readBody(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > maxBytes) throw new FlowError({ code: 'upstream', message: `The answer is larger than ${maxBytes} bytes` });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
