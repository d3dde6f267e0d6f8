import { mkdtempSync, rmSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isJsonObject, type JsonObject } from '../wire/json-object.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../start-sandbox.ts';

/** A sandbox cluster in a temporary folder, with a plain client. */
export interface TestCluster {
  sandbox: Sandbox;
  stateDir: string;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  watch(path: string, headers?: Record<string, string>): Promise<TestWatch>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallOptions {
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  /** The JSON of the answer; an empty object when it is none. */
  body: JsonObject;
}

export interface TestWatch {
  /** The next event; undefined when the stream has ended. */
  next(): Promise<{ type: string; object: JsonObject } | undefined>;
  close(): void;
}

/** A cluster with no controllers unless the options bring some. */
export async function startTestCluster(options: Partial<SandboxOptions> = {}): Promise<TestCluster> {
  const stateDir = mkdtempSync(join(tmpdir(), 'flow-sandbox-'));
  const start = async (): Promise<Sandbox> =>
    startSandbox({ name: 'test', region: 'eu', stateDir, imageDir: join(stateDir, 'images'), controllers: () => [], ...options });
  const cluster = { sandbox: await start(), stateDir };
  return Object.assign(cluster, {
    call: async (method: string, path: string, call: CallOptions = {}) => send(cluster.sandbox, { method, path }, call),
    watch: async (path: string, headers: Record<string, string> = {}) => openWatch(cluster.sandbox, path, headers),
    restart: async () => {
      await cluster.sandbox.stop();
      cluster.sandbox = await start();
    },
    stop: async () => {
      await cluster.sandbox.stop();
      rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 });
    },
  });
}

function optionsFor(sandbox: Sandbox, path: string, headers: Record<string, string>): RequestOptions {
  const { hostname, port } = new URL(sandbox.url);
  return {
    host: hostname,
    port,
    path,
    ca: sandbox.caPem,
    servername: 'localhost',
    agent: false,
    headers: { Authorization: `Bearer ${sandbox.token}`, ...headers },
  };
}

async function send(sandbox: Sandbox, target: { method: string; path: string }, call: CallOptions): Promise<Reply> {
  const payload = call.body === undefined ? undefined : Buffer.isBuffer(call.body) ? call.body : Buffer.from(JSON.stringify(call.body));
  const headers = {
    ...(payload === undefined ? {} : { 'Content-Type': call.type ?? 'application/json', 'Content-Length': String(payload.length) }),
    ...call.headers,
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({ ...optionsFor(sandbox, target.path, headers), method: target.method }, resolve);
    outgoing.once('error', reject);
    outgoing.end(payload);
  });
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += String(part);
  return { status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

async function openWatch(sandbox: Sandbox, path: string, headers: Record<string, string>): Promise<TestWatch> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(optionsFor(sandbox, path, headers), resolve);
    outgoing.once('error', reject);
    outgoing.end();
  });
  response.on('error', () => undefined);
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  return {
    next: async () => {
      // A stream that is cut has ended, as far as a test is concerned.
      const line = await lines.next().catch(() => ({ done: true as const, value: undefined }));
      if (line.done === true) return undefined;
      const event = parse(line.value);
      return { type: String(event['type']), object: isJsonObject(event['object']) ? event['object'] : {} };
    },
    close: () => {
      response.destroy();
    },
  };
}
