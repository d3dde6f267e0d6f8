import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Controller,
  createClock,
  createStore,
  type Journal,
  type KubeObject,
  type NewObject,
  type SandboxContext,
  type WatchableStore,
} from '../../store/index.ts';

/** A store with controllers on it, without a server, in a folder of its own. */
export interface TestCluster {
  ctx: SandboxContext;
  store: WatchableStore;
  /** Settles when the object is as asked; the error says how it was when the time ran out. */
  until(resource: string, name: string, isSo: (object: KubeObject) => boolean): Promise<KubeObject>;
  logged: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the controllers on a new store and the real clock. With a former cluster it is the next life after a crash: a copy of its objects
 * as they are now, and its folder. The former one goes on in its own store, as a process does that nobody told of the crash.
 */
export function aCluster(controllers: (ctx: SandboxContext) => Controller[], former?: TestCluster): TestCluster {
  const clock = createClock();
  const store = createStore({ clock, ...(former === undefined ? {} : { journal: copyOf(former.store) }) });
  const root = former?.ctx.stateDir ?? mkdtempSync(join(tmpdir(), 'flow-sandbox-'));
  const logged: string[] = [];
  const ctx: SandboxContext = {
    store,
    clock,
    stateDir: root,
    imageDir: join(root, 'images'),
    log: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
  };
  const running = controllers(ctx);
  for (const controller of running) controller.start();
  return {
    ctx,
    store,
    logged,
    until: async (resource, name, isSo) => until(store, { resource, name, isSo, logged }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running.map((controller) => controller.stop()));
      // The folder is its first owner's, who may still write there.
      if (former === undefined) await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function copyOf(store: WatchableStore): Journal {
  const objects = ['pods', 'workflows.argoproj.io'].flatMap((resource) =>
    store.list(resource).map((object) => ({ resource, object: structuredClone(object) })),
  );
  const revision = Number(store.revision());
  return { load: () => ({ revision, objects }), append: () => undefined, close: () => undefined };
}

interface Awaited {
  resource: string;
  name: string;
  isSo: (object: KubeObject) => boolean;
  logged: readonly string[];
}

async function until(store: WatchableStore, asked: Awaited): Promise<KubeObject> {
  const { promise, resolve, reject } = Promise.withResolvers<KubeObject>();
  const look = (object: KubeObject | undefined): void => {
    if (object !== undefined && object.metadata.name === asked.name && asked.isSo(object)) resolve(object);
  };
  const unwatch = store.watch(asked.resource, (event) => look(event.object));
  const timer = setTimeout(() => {
    const now = store.get(asked.resource, { namespace: 'demo', name: asked.name });
    reject(new Error(`${asked.resource} ${asked.name} is ${JSON.stringify(now, undefined, 1)}\n${asked.logged.join('\n')}`));
  }, 60_000);
  look(store.get(asked.resource, { namespace: 'demo', name: asked.name }));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    unwatch();
  }
}

/** A pod with one container. */
export function aPod(
  name: string,
  container: Record<string, unknown>,
  rest: { annotations?: Record<string, string>; labels?: Record<string, string>; [field: string]: unknown } = {},
): NewObject {
  const { annotations, labels, ...spec } = rest;
  const metadata = {
    name,
    namespace: 'demo',
    ...(annotations === undefined ? {} : { annotations }),
    ...(labels === undefined ? {} : { labels }),
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'main', image: 'i', ...container }], ...spec } };
}

/** The phase in an object's status. */
export function phaseOf(object: KubeObject): unknown {
  const { status } = object;
  return typeof status === 'object' && status !== null && 'phase' in status ? status.phase : undefined;
}

/** All bytes of a stream. */
export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
