import type { z } from 'zod';
import type { KubeObject } from '../../store/index.ts';

/**
 * Reads one part of a stored object through its schema, once: stored objects never change, so the result is kept with the object.
 * Throws `ZodError` when the object does not have that shape.
 */
export function createReader<T>(schema: z.ZodType<T>): (object: KubeObject) => T {
  const known = new WeakMap<KubeObject, { value: T }>();
  return (object) => {
    const found = known.get(object);
    if (found !== undefined) return found.value;
    const value = schema.parse(object);
    known.set(object, { value });
    return value;
  };
}
