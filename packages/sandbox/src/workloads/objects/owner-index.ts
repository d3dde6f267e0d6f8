import type { KubeObject, OwnerReference, ResourceName, Store } from '../../store/index.ts';

/** The reference of the one object that manages this one, if there is one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** The objects of one resource by the uid of their controller, kept current by a watch. */
export interface OwnerIndex {
  ownedBy(uid: string): readonly KubeObject[];
  close(): void;
}

/**
 * An index that makes "my pods" cost what they are, not what the namespace holds.
 * It is as fresh as the last delivered event; a reconcile started by an event sees every write before that event.
 */
export function createOwnerIndex(store: Store, resource: ResourceName): OwnerIndex {
  const byOwner = new Map<string, Map<string, KubeObject>>();
  const put = (object: KubeObject): void => {
    const owner = controllerOf(object)?.uid;
    if (owner === undefined) return;
    const owned = byOwner.get(owner) ?? new Map<string, KubeObject>();
    owned.set(object.metadata.uid, object);
    byOwner.set(owner, owned);
  };
  const remove = (object: KubeObject): void => {
    const owner = controllerOf(object)?.uid;
    if (owner === undefined) return;
    const owned = byOwner.get(owner);
    owned?.delete(object.metadata.uid);
    if (owned?.size === 0) byOwner.delete(owner);
  };
  const unwatch = store.watch(resource, (event) => {
    if (event.before !== undefined) remove(event.before);
    if (event.type === 'DELETED') remove(event.object);
    else put(event.object);
  });
  for (const object of store.list(resource)) put(object);
  return { ownedBy: (uid) => [...(byOwner.get(uid)?.values() ?? [])], close: unwatch };
}

/** The reference that makes `owner` the controller of a new object. */
export function controlledBy(owner: KubeObject): OwnerReference[] {
  return [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
}
