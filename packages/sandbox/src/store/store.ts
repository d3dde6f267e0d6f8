import type { KubeObject, NewObject } from './object.ts';

/** One kind of the API, for example `{ group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', kind: 'Rollout' }`. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  shortNames: readonly string[];
  namespaced: boolean;
  /** The status is written only through `/status` (as the engine's own CRD declares it). */
  statusSubresource: boolean;
  categories: readonly string[];
}

/** Name of a resource inside the store: `plural.group`, or `plural` alone for the core group (`pods`, `rollouts.argoproj.io`). */
export type ResourceName = string;

export interface ObjectKey {
  namespace?: string;
  name: string;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
  /** The object as it was before; absent for ADDED. Lets a selector watch tell "left the selection" from "changed". */
  before?: KubeObject;
}

export interface UpdateOptions {
  /** `status` changes only the status (and never the generation); `main` changes all but the status where there is a status subresource. */
  subresource?: 'status' | 'main';
  /** Refused with 409 Conflict unless the stored resourceVersion is this one. */
  resourceVersion?: string;
}

/**
 * The objects of one sandbox cluster, in memory, with one growing resourceVersion as in etcd.
 * Every returned object is a frozen snapshot: change a copy (`structuredClone`) and write it back.
 * Refusals are thrown as `ApiError` (404 NotFound, 409 Conflict or AlreadyExists, 422 Invalid).
 */
export interface Store {
  readonly resources: readonly Resource[];
  resource(name: ResourceName): Resource;
  get(resource: ResourceName, key: ObjectKey): KubeObject | undefined;
  list(resource: ResourceName, namespace?: string): readonly KubeObject[];
  create(resource: ResourceName, object: NewObject): KubeObject;
  update(resource: ResourceName, object: KubeObject, options?: UpdateOptions): KubeObject;
  /** Reads, lets `change` edit a copy, writes. `change` returning false writes nothing. Undefined when the object is not there. */
  modify(
    resource: ResourceName,
    key: ObjectKey,
    change: (draft: KubeObject) => void | false,
    options?: UpdateOptions,
  ): KubeObject | undefined;
  /** Deletes at once, and what it owns (background propagation), as the garbage collector would. */
  delete(resource: ResourceName, key: ObjectKey): KubeObject | undefined;
  /** Calls the listener after each write, in order of resourceVersion. The returned function ends it. */
  watch(resource: ResourceName, listener: (event: WatchEvent) => void): () => void;
  /** The newest resourceVersion. */
  revision(): string;
}

/** Time as the controllers see it, so that a test can drive it. */
export interface Clock {
  now(): Date;
  /** Runs the callback once, after the delay; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A small controller of the sandbox: started with the cluster, stopped with it. */
export interface Controller {
  start(): void;
  stop(): Promise<void>;
}
