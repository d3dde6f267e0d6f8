import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';

/** What the cluster does to every request until it is taken away: an answer with this status, or none at all. */
export type Misbehaviour = { status: number } | 'silent';

const stored = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({}),
  status: z.looseObject({}).default({}),
});
/** A Workflow or a Rollout as the cluster keeps it. */
export type StoredObject = z.infer<typeof stored>;

const operations = z.array(z.object({ op: z.enum(['test', 'add', 'replace']), path: z.string(), value: z.json() }));

/** Namespaces, quotas, releases, Workflows, Rollouts and logs of a cluster on loopback, as far as the worker uses them; it can be told to misbehave. */
export class LoopbackCluster implements AsyncDisposable {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #open = new Set<ServerResponse>();
  readonly workflows = new Map<string, StoredObject>();
  readonly rollouts = new Map<string, StoredObject>();
  /** Writes the log of the pod of this name; a pod without one is not there. */
  readonly logs = new Map<string, RequestListener>();
  /** Pods by name. */
  readonly pods = new Map<string, unknown>();
  /** The Secrets in which Helm keeps its revisions, and the quotas, of every namespace. */
  readonly releases: object[] = [];
  readonly quotas: object[] = [];
  /** Method and path of every request, with its credential. */
  readonly requests: { line: string; authorization: string }[] = [];
  misbehaviour: Misbehaviour | null = null;
  #version = 0;

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const response of this.#open) response.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Changes a Workflow as its controller would. */
  report(name: string, change: (found: StoredObject) => void): void {
    const found = this.workflows.get(name);
    if (found === undefined) throw new Error(`there is no Workflow ${name}`);
    this.#change(found, change);
  }

  #change(found: StoredObject, change: (found: StoredObject) => void): void {
    change(found);
    this.#version += 1;
    found.metadata['resourceVersion'] = String(this.#version);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://loopback');
    this.requests.push({ line: `${request.method ?? ''} ${pathname}`, authorization: request.headers.authorization ?? '' });
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    const { misbehaviour } = this;
    if (misbehaviour === 'silent') return;
    if (misbehaviour !== null) return send(response, misbehaviour.status, { kind: 'Status', message: 'words of the cluster' });
    if (pathname.includes('/pods/')) return this.#answerPod(request, response);
    const body: unknown = request.method === 'GET' ? null : JSON.parse(await textOf(request));
    if (pathname.endsWith('/secrets')) return send(response, 200, { metadata: { resourceVersion: '1' }, items: this.releases });
    if (pathname.endsWith('/resourcequotas')) return send(response, 200, { metadata: { resourceVersion: '1' }, items: this.quotas });
    if (/\/(namespaces|serviceaccounts|rolebindings)$/.test(pathname)) return send(response, 409, {});
    this.#answerObject(response, { method: request.method, pathname, body });
  }

  #answerPod(request: IncomingMessage, response: ServerResponse): void {
    const [, name = '', isLog] = /\/pods\/([^/?]+)(\/log)?/.exec(request.url ?? '') ?? [];
    const log = this.logs.get(name);
    const pod = this.pods.get(name);
    if (isLog !== undefined && log !== undefined) return log(request, response);
    if (isLog === undefined && pod !== undefined) return send(response, 200, withName(pod, name));
    send(response, 404, {});
  }

  #answerObject(response: ServerResponse, call: { method: string | undefined; pathname: string; body: unknown }): void {
    const [, kind, name = ''] = /\/(workflows|rollouts)(?:\/([^/]+))?/.exec(call.pathname) ?? [];
    if (kind === undefined) return send(response, 404, {});
    const kept = kind === 'workflows' ? this.workflows : this.rollouts;
    if (call.method === 'POST') return this.#create(response, kept, stored.parse(call.body));
    const found = kept.get(name);
    if (found === undefined) return send(response, 404, {});
    if (call.method === 'PATCH' && !this.#patch(found, operations.parse(call.body))) return send(response, 422, { reason: 'Invalid' });
    send(response, 200, found);
  }

  #create(response: ServerResponse, kept: Map<string, StoredObject>, created: StoredObject): void {
    const { name } = created.metadata;
    if (kept.has(name)) return send(response, 409, { reason: 'AlreadyExists' });
    kept.set(name, created);
    this.#change(created, ({ metadata }) => Object.assign(metadata, { uid: `uid-of-${name}` }));
    send(response, 201, created);
  }

  /** JSON Patch over objects and lists, all or nothing. */
  #patch(found: StoredObject, patch: z.infer<typeof operations>): boolean {
    const next: StoredObject = structuredClone(found);
    for (const { op, path, value } of patch) {
      const keys = path
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
      const parent = keys.slice(0, -1).reduce<unknown>((at, key) => (isContainer(at) ? at[key] : undefined), next);
      const last = keys.at(-1) ?? '';
      if (!isContainer(parent)) return false;
      if (op === 'test' && JSON.stringify(parent[last]) !== JSON.stringify(value)) return false;
      if (op !== 'test') parent[last] = value;
    }
    this.#change(found, (kept) => Object.assign(kept, next));
    return true;
  }
}

function withName(object: unknown, name: string): object {
  const metadata = { name, namespace: 'ns', uid: `uid-of-${name}`, resourceVersion: '1' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, ...(isContainer(object) ? object : {}) };
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
