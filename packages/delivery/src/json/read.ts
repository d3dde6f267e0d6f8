/** An object of a cluster as it was parsed: nothing about its fields is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a plain object, not for a list or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined when any part of the path is absent. Only own fields count. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current) && typeof key === 'number') current = current.at(key);
    else if (isObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}

/** The object at a path; empty when there is none. */
export function objectAt(value: unknown, ...path: readonly (string | number)[]): JsonObject {
  const found = valueAt(value, ...path);
  return isObject(found) ? found : {};
}

/** The list at a path; empty when there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The text at a path; empty when there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The number at a path (a number in a string counts, as `status.observedGeneration` is one); null when there is none. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = valueAt(value, ...path);
  if (typeof found === 'number') return Number.isFinite(found) ? found : null;
  if (typeof found !== 'string' || found.trim() === '') return null;
  const parsed = Number(found);
  return Number.isFinite(parsed) ? parsed : null;
}

/** The text at a path, or null when it is absent or empty: how a time of an engine is read. */
export function timeAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = textAt(value, ...path);
  return found === '' ? null : found;
}
