import { isObject, textAt } from '../json/index.ts';

/** What a reflector hands on: the newest view of an object, or that it is gone. */
export type Change<View> =
  | { type: 'put'; namespace: string; name: string; uid: string; resourceVersion: string; view: View }
  | { type: 'deleted'; namespace: string; name: string; uid: string };

/** An object of a list or an event, projected at once so that the rest of it can be forgotten. */
export interface Seen<View> {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  /** Null when the object cannot be projected: it is there, but there is nothing to show. */
  read: { view: View } | null;
}

/** Reads an object that a server sent; null when it has no name, uid and version. */
export function see<View>(object: unknown, project: (object: unknown) => View): Seen<View> | null {
  if (!isObject(object)) return null;
  const name = textAt(object, 'metadata', 'name');
  const uid = textAt(object, 'metadata', 'uid');
  const resourceVersion = textAt(object, 'metadata', 'resourceVersion');
  if (name === '' || uid === '' || resourceVersion === '') return null;
  return { namespace: textAt(object, 'metadata', 'namespace'), name, uid, resourceVersion, read: tryProject(object, project) };
}

/** One object that makes no sense must not end the watch of all others, nor count as deleted. */
function tryProject<View>(object: unknown, project: (object: unknown) => View): { view: View } | null {
  try {
    return { view: project(object) };
  } catch {
    return null;
  }
}

/** Compares two resource versions as the whole numbers that they are (Kubernetes 1.35 guarantees this for all resources). */
export function isNewer(version: string, than: string): boolean {
  const [left, right] = [version.replace(/^0+/, ''), than.replace(/^0+/, '')];
  return left.length === right.length ? left > right : left.length > right.length;
}

/** The names, uids and versions that were handed on last: it keeps a view from going back in time and a delete from getting lost. */
export class KnownObjects<View> {
  readonly #known = new Map<string, { namespace: string; name: string; uid: string; resourceVersion: string }>();

  get size(): number {
    return this.#known.size;
  }

  /** An object as an event shows it: nothing when it is older than what is known, two changes when it was made anew under the same name. */
  put(seen: Seen<View>): Change<View>[] {
    const before = this.#known.get(keyOf(seen));
    if (before !== undefined && !isNewer(seen.resourceVersion, before.resourceVersion)) return [];
    return this.#replace(seen, before);
  }

  /** An object that an event says is gone. A late event about an earlier object of the same name changes nothing. */
  remove(seen: Seen<View>): Change<View>[] {
    const before = this.#known.get(keyOf(seen));
    if (before === undefined || before.uid !== seen.uid) return [];
    this.#known.delete(keyOf(seen));
    return [deleted(before)];
  }

  /** The whole truth at one moment: what is not in it is gone, whatever events were missed. */
  replaceAll(all: Iterable<Seen<View>>): Change<View>[] {
    const changes: Change<View>[] = [];
    const there = new Set<string>();
    for (const seen of all) {
      const before = this.#known.get(keyOf(seen));
      there.add(keyOf(seen));
      if (before?.uid !== seen.uid || before.resourceVersion !== seen.resourceVersion) changes.push(...this.#replace(seen, before));
    }
    for (const [key, before] of this.#known) {
      if (there.has(key)) continue;
      this.#known.delete(key);
      changes.push(deleted(before));
    }
    return changes;
  }

  #replace(seen: Seen<View>, before: { namespace: string; name: string; uid: string } | undefined): Change<View>[] {
    const { namespace, name, uid, resourceVersion } = seen;
    this.#known.set(keyOf(seen), { namespace, name, uid, resourceVersion });
    const put: Change<View>[] = seen.read === null ? [] : [{ type: 'put', namespace, name, uid, resourceVersion, view: seen.read.view }];
    return before !== undefined && before.uid !== uid ? [deleted(before), ...put] : put;
  }
}

function keyOf(object: { namespace: string; name: string }): string {
  return `${object.namespace}/${object.name}`;
}

function deleted<View>(object: { namespace: string; name: string; uid: string }): Change<View> {
  return { type: 'deleted', namespace: object.namespace, name: object.name, uid: object.uid };
}
