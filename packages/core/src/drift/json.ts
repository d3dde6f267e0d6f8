/** An object of a cluster or of a manifest: nothing about its fields is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a plain object, not for a list or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of an object; undefined when there is none of its own. */
export function fieldOf(value: unknown, field: string): unknown {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}
