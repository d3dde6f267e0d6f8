import type { KubeObject } from './object.ts';
import type { ObjectKey } from './store.ts';

/** `namespace/name`, the order in which lists are given. */
export function keyOf(key: ObjectKey): string {
  return `${key.namespace ?? ''}/${key.name}`;
}

/** The objects of one resource, found by name, by namespace and by owner. */
export class ObjectTable {
  readonly #byKey = new Map<string, KubeObject>();
  readonly #byNamespace = new Map<string, Map<string, KubeObject>>();
  readonly #byOwner = new Map<string, Set<string>>();

  get(key: ObjectKey): KubeObject | undefined {
    return this.#byKey.get(keyOf(key));
  }

  put(object: KubeObject): void {
    const key = keyOf(object.metadata);
    const before = this.#byKey.get(key);
    if (before !== undefined) this.#unlink(before, key);
    this.#byKey.set(key, object);
    const namespace = object.metadata.namespace ?? '';
    const inNamespace = this.#byNamespace.get(namespace) ?? new Map<string, KubeObject>();
    inNamespace.set(key, object);
    this.#byNamespace.set(namespace, inNamespace);
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = this.#byOwner.get(owner.uid) ?? new Set<string>();
      owned.add(key);
      this.#byOwner.set(owner.uid, owned);
    }
  }

  remove(object: KubeObject): void {
    const key = keyOf(object.metadata);
    this.#byKey.delete(key);
    const namespace = object.metadata.namespace ?? '';
    const inNamespace = this.#byNamespace.get(namespace);
    inNamespace?.delete(key);
    if (inNamespace?.size === 0) this.#byNamespace.delete(namespace);
    this.#unlink(object, key);
  }

  /** Sorted by namespace and name, as a real API server lists. */
  list(namespace?: string): KubeObject[] {
    const found = namespace === undefined ? this.#byKey : this.#byNamespace.get(namespace);
    if (found === undefined) return [];
    return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  ownedBy(uid: string): KubeObject[] {
    return [...(this.#byOwner.get(uid) ?? [])].flatMap((key) => this.#byKey.get(key) ?? []);
  }

  #unlink(object: KubeObject, key: string): void {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const owned = this.#byOwner.get(owner.uid);
      owned?.delete(key);
      if (owned?.size === 0) this.#byOwner.delete(owner.uid);
    }
  }
}
