import { StringDecoder } from 'node:string_decoder';
import { FlowError } from '@flow/core/fault';
import { textAt, valueAt } from '../json/index.ts';
import type { ClusterConnection } from '../kubeconfig/index.ts';
import { connectionFault, refusalOf, type Answer, type Attempt } from './answer.ts';
import { defaultTimeouts, openHttp, type ClusterHttp, type ClusterTimeouts, type HttpCall } from './http.ts';
import { pathOf, type ObjectRef, type ResourceKind } from './kinds.ts';
import { kubeList, parseObject, type KubeObject } from './object.ts';

export type JsonPatchOperation = { op: 'test' | 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string };

export type Patch =
  | { type: 'json'; operations: readonly JsonPatchOperation[] }
  | { type: 'merge'; body: unknown }
  | { type: 'apply'; body: unknown; fieldManager: string; force?: boolean };

export interface ListOptions {
  kind: ResourceKind;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Only the metadata of each object is sent: a fraction of the bytes. */
  metadataOnly?: boolean;
  pageSize?: number;
  signal?: AbortSignal;
}
export interface ListPage {
  items: readonly unknown[];
  resourceVersion: string;
}

export interface LogOptions {
  namespace: string;
  pod: string;
  container: string;
  follow?: boolean;
  sinceTime?: string;
  timestamps?: boolean;
  tailLines?: number;
  limitBytes?: number;
  signal?: AbortSignal;
}

export interface AccessRequest {
  verb: string;
  kind: ResourceKind;
  subresource?: string | undefined;
  /** One object; all of the kind when it is left out. */
  name?: string | undefined;
  namespace?: string;
}

/** One cluster. Calls throw `FlowError` (`upstream`, owner cluster) when it cannot be reached or does not let Flow in; see `Answer` for the rest. */
export interface ClusterClient extends AsyncDisposable {
  readonly server: string;
  get(ref: ObjectRef, signal?: AbortSignal): Promise<Answer<KubeObject>>;
  /** Pages of at most 500 objects, in the server's order; throws a refusal (410: start anew) as `FlowError`. */
  list(options: ListOptions): AsyncGenerator<ListPage>;
  create(target: { kind: ResourceKind; namespace?: string }, object: unknown, fieldManager?: string): Promise<Answer<KubeObject>>;
  patch(ref: ObjectRef, patch: Patch): Promise<Answer<KubeObject>>;
  /** Deletes only the object with this uid when one is given (409 when it is another one by now). */
  delete(ref: ObjectRef, options?: { uid?: string; propagation?: 'Background' | 'Foreground' | 'Orphan' }): Promise<Answer<null>>;
  /** The log as text in parts of any size, complete characters only; with `follow` until the container ends or the signal is aborted. */
  readLog(options: LogOptions): AsyncGenerator<string>;
  version(): Promise<{ major: number; minor: number; text: string }>;
  /** Name by which the cluster knows the credential, such as `system:serviceaccount:flow-system:flow`; empty when it does not say. */
  account(): Promise<string>;
  accessReview(request: AccessRequest): Promise<boolean>;
  /** Any other read, as parsed JSON. */
  read(path: string, query?: HttpCall['query']): Promise<Answer<unknown>>;
  /** A raw stream, for watches. The caller reads `body` to its end or aborts the signal. */
  open(call: Omit<HttpCall, 'attempt' | 'method'>): Promise<{ status: number; body: AsyncIterable<unknown>; text(): Promise<string> }>;
}

const pageLimit = 500;
const maxAnswerBytes = 256 * 1024 * 1024;

/** Connects to a cluster: nothing is sent until the first call. Dispose it to close its connections. */
export function connectCluster(connection: ClusterConnection, options: { timeouts?: Partial<ClusterTimeouts> } = {}): ClusterClient {
  const http = openHttp(connection, { ...defaultTimeouts, ...options.timeouts });
  return new HttpClusterClient(connection.server, http);
}

class HttpClusterClient implements ClusterClient {
  readonly server: string;
  readonly #http: ClusterHttp;

  constructor(server: string, http: ClusterHttp) {
    this.server = server;
    this.#http = http;
  }

  async get(ref: ObjectRef, signal?: AbortSignal): Promise<Answer<KubeObject>> {
    return asObject(await this.#json({ method: 'GET', path: pathOf(ref), signal, attempt: this.#attempt('get', ref) }));
  }

  async *list(options: ListOptions): AsyncGenerator<ListPage> {
    const attempt = { server: this.server, verb: 'list', what: options.kind.plural };
    let next: string | undefined;
    do {
      const query = {
        limit: String(options.pageSize ?? pageLimit),
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
        continue: next,
      };
      const headers =
        options.metadataOnly === true
          ? { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json' }
          : {};
      const answer = await this.#json({ method: 'GET', path: pathOf(options), query, headers, signal: options.signal, attempt });
      if (!answer.ok)
        throw new FlowError({ code: 'upstream', owner: 'cluster', message: answer.message, detail: `${answer.status} ${answer.detail}` });
      const page = kubeList.safeParse(answer.value);
      if (!page.success)
        throw new FlowError({
          code: 'upstream',
          owner: 'cluster',
          message: `${attempt.what}: the cluster sent no list`,
          detail: page.error.message,
        });
      next = page.data.metadata.continue;
      yield { items: page.data.items ?? [], resourceVersion: page.data.metadata.resourceVersion };
    } while (next !== undefined && next !== '');
  }

  async create(target: { kind: ResourceKind; namespace?: string }, object: unknown, fieldManager = 'flow'): Promise<Answer<KubeObject>> {
    const attempt = { server: this.server, verb: 'create', what: `${target.kind.plural} ${textAt(object, 'metadata', 'name')}`.trim() };
    return asObject(
      await this.#json({
        method: 'POST',
        path: pathOf(target),
        query: { fieldManager },
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
        attempt,
      }),
    );
  }

  async patch(ref: ObjectRef, patch: Patch): Promise<Answer<KubeObject>> {
    const content = patchContent(patch);
    return asObject(
      await this.#json({
        method: 'PATCH',
        path: pathOf(ref),
        query: content.query,
        headers: { 'content-type': content.type },
        body: JSON.stringify(content.body),
        attempt: this.#attempt('patch', ref),
      }),
    );
  }

  async delete(
    ref: ObjectRef,
    options: { uid?: string; propagation?: 'Background' | 'Foreground' | 'Orphan' } = {},
  ): Promise<Answer<null>> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagation ?? 'Background',
      ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
    };
    const answer = await this.#json({
      method: 'DELETE',
      path: pathOf(ref),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      attempt: this.#attempt('delete', ref),
    });
    return answer.ok ? { ok: true, value: null } : answer;
  }

  async *readLog(options: LogOptions): AsyncGenerator<string> {
    const ref: ObjectRef = {
      kind: { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
      namespace: options.namespace,
      name: options.pod,
      subresource: 'log',
    };
    const attempt = this.#attempt('read the log of', ref);
    const query = {
      container: options.container,
      follow: options.follow === true ? 'true' : undefined,
      timestamps: options.timestamps === true ? 'true' : undefined,
      sinceTime: options.sinceTime,
      tailLines: options.tailLines?.toString(),
      limitBytes: options.limitBytes?.toString(),
    };
    const headers = { accept: '*/*' };
    const answer = await this.#http.send({
      method: 'GET',
      path: pathOf(ref),
      query,
      headers,
      signal: options.signal,
      bodyTimeoutMs: options.follow === true ? 0 : 30_000,
      attempt,
    });
    if (answer.status !== 200) {
      const refused = refusalOf(attempt, answer.status, await answer.body.text());
      throw new FlowError({
        code: refused.status === 404 ? 'notFound' : 'upstream',
        owner: 'cluster',
        message: refused.message,
        detail: refused.detail,
      });
    }
    yield* decode(answer.body, attempt, options.signal);
  }

  async version(): Promise<{ major: number; minor: number; text: string }> {
    const answer = await this.read('/version');
    const value = answer.ok ? answer.value : {};
    return { major: digits(textAt(value, 'major')), minor: digits(textAt(value, 'minor')), text: textAt(value, 'gitVersion') };
  }

  async account(): Promise<string> {
    const answer = await this.#review('authentication.k8s.io', 'SelfSubjectReview', {});
    return answer.ok ? textAt(answer.value, 'status', 'userInfo', 'username') : '';
  }

  async accessReview(request: AccessRequest): Promise<boolean> {
    const { verb, kind, subresource, name, namespace } = request;
    const resourceAttributes = { verb, group: kind.group, resource: kind.plural, subresource, name, namespace };
    const answer = await this.#review('authorization.k8s.io', 'SelfSubjectAccessReview', { spec: { resourceAttributes } });
    return answer.ok && valueAt(answer.value, 'status', 'allowed') === true;
  }

  #review(group: string, kind: string, review: object): Promise<Answer<unknown>> {
    return this.#json({
      method: 'POST',
      path: `/apis/${group}/v1/${kind.toLowerCase()}s`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: `${group}/v1`, kind, ...review }),
      attempt: { server: this.server, verb: 'ask for', what: 'its own rights' },
    });
  }

  async read(path: string, query: HttpCall['query'] = {}): Promise<Answer<unknown>> {
    return this.#json({ method: 'GET', path, query, attempt: { server: this.server, verb: 'read', what: path } });
  }

  async open(
    call: Omit<HttpCall, 'attempt' | 'method'>,
  ): Promise<{ status: number; body: AsyncIterable<unknown>; text(): Promise<string> }> {
    const attempt = { server: this.server, verb: 'watch', what: call.path };
    const answer = await this.#http.send({ ...call, method: 'GET', attempt });
    return { status: answer.status, body: answer.body, text: () => answer.body.text() };
  }

  async #json(call: HttpCall): Promise<Answer<unknown>> {
    const answer = await this.#http.send(call);
    const text = await readText(answer.body, call);
    if (answer.status < 200 || answer.status > 299) return refusalOf(call.attempt, answer.status, text);
    try {
      return { ok: true, value: JSON.parse(text) satisfies unknown };
    } catch (cause) {
      const message = `The cluster at ${this.server} answered with something that is not JSON: check that the address is that of a Kubernetes API`;
      throw new FlowError({ code: 'upstream', owner: 'cluster', message, detail: text.slice(0, 200), cause });
    }
  }

  #attempt(verb: string, ref: ObjectRef): Attempt {
    const what = `${ref.kind.plural}${ref.subresource === undefined ? '' : `/${ref.subresource}`} ${ref.name}`;
    return { server: this.server, verb, what: ref.namespace === undefined ? what : `${what} in ${ref.namespace}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

function asObject(answer: Answer<unknown>): Answer<KubeObject> {
  return answer.ok ? { ok: true, value: parseObject(answer.value) } : answer;
}

function patchContent(patch: Patch): { type: string; body: unknown; query: Record<string, string> } {
  switch (patch.type) {
    case 'json':
      return { type: 'application/json-patch+json', body: patch.operations, query: { fieldManager: 'flow' } };
    case 'merge':
      return { type: 'application/merge-patch+json', body: patch.body, query: { fieldManager: 'flow' } };
    case 'apply':
      return {
        type: 'application/apply-patch+yaml',
        body: patch.body,
        query: { fieldManager: patch.fieldManager, ...(patch.force === true ? { force: 'true' } : {}) },
      };
  }
}

async function readText(body: AsyncIterable<unknown>, call: HttpCall): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body) {
      const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
      size += bytes.length;
      if (size > maxAnswerBytes) break;
      parts.push(bytes);
    }
  } catch (cause) {
    if (call.signal?.aborted === true) throw cause;
    throw connectionFault(call.attempt, cause);
  }
  if (size > maxAnswerBytes)
    throw new FlowError({ code: 'upstream', owner: 'cluster', message: `${call.attempt.what}: the answer of the cluster is too large` });
  return Buffer.concat(parts).toString('utf8');
}

async function* decode(body: AsyncIterable<unknown>, attempt: Attempt, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  try {
    for await (const part of body) {
      const text = Buffer.isBuffer(part) ? decoder.write(part) : String(part);
      if (text !== '') yield text;
    }
  } catch (cause) {
    if (signal?.aborted === true) return;
    throw connectionFault(attempt, cause);
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
}

function digits(text: string): number {
  return Number.parseInt(text, 10) || 0;
}
