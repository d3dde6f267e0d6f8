import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../store/store.ts';
import { isJsonObject, listAt, type JsonObject } from '../wire/json-object.ts';
import { apiVersionOf } from '../wire/present.ts';
import { fieldAt, fieldsOf, fromFieldsV1, toFieldsV1, type FieldSet } from './field-set.ts';

/** Who owns which fields: one entry of `metadata.managedFields`. */
export interface ManagedEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  subresource: string;
  fields: FieldSet;
}

/** Who writes now, and through what. */
export interface Writer {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource: string;
  /** RFC 3339. */
  time: string;
}

/** The entries of an object, without those that own nothing. */
export function readManagedFields(object: unknown): ManagedEntry[] {
  return listAt(object, 'metadata', 'managedFields').flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const fields = fromFieldsV1(entry['fieldsV1']);
    if (fields.size === 0) return [];
    return [
      {
        manager: String(entry['manager'] ?? ''),
        operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
        apiVersion: String(entry['apiVersion'] ?? ''),
        time: String(entry['time'] ?? ''),
        subresource: String(entry['subresource'] ?? ''),
        fields,
      } satisfies ManagedEntry,
    ];
  });
}

/** The entries as they stand in an object; undefined when nobody owns anything. */
export function writeManagedFields(entries: readonly ManagedEntry[]): JsonObject[] | undefined {
  const written = entries
    .filter((entry) => entry.fields.size > 0)
    .map(({ manager, operation, apiVersion, time, subresource, fields }) => ({
      manager,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));
  return written.length === 0 ? undefined : written;
}

/** The entry of the writer, or a new empty one. */
export function entryOf(entries: readonly ManagedEntry[], writer: Writer, resource: Resource): ManagedEntry {
  const found = entries.find((entry) => isWrittenBy(entry, writer));
  return found ?? { ...writer, apiVersion: apiVersionOf(resource), fields: new Set() };
}

/** True for the entry that a writer's own writes go to. */
export function isWrittenBy(entry: ManagedEntry, writer: Writer): boolean {
  return entry.manager === writer.manager && entry.operation === writer.operation && entry.subresource === writer.subresource;
}

/**
 * Ownership after a plain write (create, update, patch): the writer takes what it changed, from every other manager too;
 * what is gone belongs to nobody.
 */
export function ownershipAfterUpdate(
  resource: Resource,
  write: { before: JsonObject | undefined; next: JsonObject; writer: Writer },
): JsonObject[] | undefined {
  const { before, next, writer } = write;
  const entries = readManagedFields(before);
  const nextFields = fieldsOf(resource, next);
  const changed = [...nextFields].filter((path) => {
    const old = fieldAt(before, path);
    // An owned list item is a place; its own fields are compared one by one.
    if (old.found && isItem(path)) return false;
    return !old.found || !isDeepStrictEqual(old.value, fieldAt(next, path).value);
  });
  const own = entryOf(entries, writer, resource);
  const others = entries.filter((entry) => !isWrittenBy(entry, writer));
  for (const entry of entries) {
    for (const path of entry.fields) {
      if (!nextFields.has(path) && !fieldAt(next, path).found) entry.fields.delete(path);
    }
  }
  if (changed.length === 0) return writeManagedFields(entries);
  for (const path of changed) {
    own.fields.add(path);
    if (!isItem(path)) for (const other of others) other.fields.delete(path);
  }
  return writeManagedFields([...others, { ...own, time: writer.time }]);
}

function isItem(path: string): boolean {
  return path.slice(path.lastIndexOf('\n') + 1).startsWith('k:');
}
