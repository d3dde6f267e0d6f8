import { gzipSync } from 'node:zlib';
import { FlowError } from '@flow/core/fault';
import { parseObject } from '@flow/delivery/cluster';
import type { Answer, ClusterClient, KubeObject, Patch } from '@flow/delivery/cluster';
import { deploymentLabel } from '@flow/delivery/helm';
import { z } from 'zod';

const json = z.record(z.string(), z.unknown());
type Json = z.infer<typeof json>;

/** The objects of one release with Helm's record of it, as far as comparing and mending use a cluster; it can be told to be out of reach. */
export class ReleaseCluster {
  /** By kind and name: `Rollout/checkout`. */
  readonly objects = new Map<string, Json>();
  isReachable = true;
  #secret: Json = {};
  #version = 1;

  /** Says what a deployment has applied; all of it is there. */
  install(name: string, deploymentId: string, manifest: readonly Json[]): void {
    const release = {
      manifest: manifest.map((object) => JSON.stringify(object)).join('\n---\n'),
      config: {},
      chart: { metadata: {} },
      info: {},
    };
    const packed = gzipSync(JSON.stringify(release)).toString('base64');
    const labels = { owner: 'helm', name, status: 'deployed', version: '1', [deploymentLabel]: deploymentId };
    this.#secret = {
      metadata: { name: `sh.helm.release.v1.${name}.v1`, labels },
      data: { release: Buffer.from(packed).toString('base64') },
    };
    this.objects.clear();
    for (const object of manifest) this.#put(object);
  }

  client(): ClusterClient {
    const secret = (): Json => this.#secret;
    const reach = (): void => {
      if (!this.isReachable) throw new FlowError({ code: 'upstream', owner: 'cluster', message: 'The cluster cannot be reached' });
    };
    const never = (): never => {
      throw new FlowError({ code: 'internal', message: 'Comparing does not use this' });
    };
    return {
      server: 'https://cluster.test',
      get: async ({ kind, name }) => {
        reach();
        return found(kind.plural === 'secrets' ? secret() : this.objects.get(`${kind.kind}/${name}`));
      },
      async *list() {
        reach();
        yield { items: [secret()], resourceVersion: '1' };
      },
      create: async (_target, object) => found(this.#put(json.parse(object))),
      patch: async ({ kind, name }, patch) => this.#patch(`${kind.kind}/${name}`, patch),
      delete: never,
      readLog: never,
      version: never,
      account: never,
      accessReview: never,
      read: never,
      open: never,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  #put(object: Json): Json {
    this.#version += 1;
    const { name } = parseObject(object).metadata;
    const metadata = { ...json.parse(object['metadata']), uid: `uid-of-${name}`, resourceVersion: String(this.#version) };
    const stored = { ...structuredClone(object), metadata };
    this.objects.set(`${String(object['kind'])}/${name}`, stored);
    return stored;
  }

  #patch(key: string, patch: Patch): Answer<KubeObject> {
    const before = this.objects.get(key);
    if (before === undefined || patch.type !== 'merge') return found(undefined);
    const after = json.parse(merged(before, patch.body));
    const { resourceVersion } = parseObject(after).metadata;
    const isStale = resourceVersion !== parseObject(before).metadata.resourceVersion;
    return isStale ? { ...refused, status: 409, reason: 'Conflict', message: 'was changed' } : found(this.#put(after));
  }
}

const refused = { ok: false, status: 404, reason: 'NotFound', message: 'is not there', detail: '', fields: [] } as const;

function found(object: Json | undefined): Answer<KubeObject> {
  return object === undefined ? refused : { ok: true, value: parseObject(structuredClone(object)) };
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  const changes = json.safeParse(patch).data;
  if (changes === undefined) return patch;
  const kept = json.safeParse(target).data ?? {};
  const fields = Object.entries({ ...kept, ...changes }).map(([field, value]) => [
    field,
    field in changes ? merged(kept[field], value) : value,
  ]);
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}
