import { kinds, type ClusterClient } from '@flow/delivery/cluster';
import { z } from 'zod';
import type { ImageStore } from './image-store.ts';
import { VisitedProgram, type Measured } from './visited-program.ts';

const deployed = z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })).min(1) }) });

/**
 * Measures a revision of a Rollout: which image its pods have is read from the cluster, and the program of that image is run here and called. Pods of
 * modelled nodes carry no traffic, but what decides over a canary is how the very program behaves that was built and deployed.
 */
export class Measurements implements AsyncDisposable {
  readonly #images: ImageStore;
  readonly #clusters: ReadonlyMap<string, ClusterClient>;
  readonly #programs = new Map<string, Promise<VisitedProgram>>();

  constructor(images: ImageStore, clusters: ReadonlyMap<string, ClusterClient>) {
    this.#images = images;
    this.#clusters = clusters;
  }

  /** Null when no pod of this revision is there. An image that nobody built here is one that nobody visits: it makes no errors. */
  async measure(revision: { cluster: string; hash: string }): Promise<Measured | null> {
    const image = await this.#imageOf(revision);
    if (image === null) return null;
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? '';
    const program = await this.#program(digest);
    return program === null ? { errorRate: 0, p95Ms: 0 } : program.visit();
  }

  async #imageOf({ cluster, hash }: { cluster: string; hash: string }): Promise<string | null> {
    const client = this.#clusters.get(cluster);
    if (client === undefined || !/^[a-z0-9]+$/.test(hash)) return null;
    for await (const page of client.list({ kind: kinds.pods, labelSelector: `rollouts-pod-template-hash=${hash}` })) {
      const [pod] = page.items;
      if (pod !== undefined) return deployed.parse(pod).spec.containers[0]?.image ?? null;
    }
    return null;
  }

  #program(digest: string): Promise<VisitedProgram | null> {
    const known = this.#programs.get(digest);
    if (known !== undefined) return known;
    const image = this.#images.find(digest);
    if (image === undefined) return Promise.resolve(null);
    const starting = VisitedProgram.start(image);
    this.#programs.set(digest, starting);
    starting.catch(() => this.#programs.delete(digest));
    return starting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const starting of this.#programs.values()) await (await starting.catch(() => null))?.[Symbol.asyncDispose]();
  }
}
