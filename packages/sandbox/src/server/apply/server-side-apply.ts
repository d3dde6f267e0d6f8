import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../store/api-error.ts';
import type { Resource } from '../../store/store.ts';
import { isAtomicObject, listKindAt } from '../patch/list-keys.ts';
import { isJsonObject, type JsonObject } from '../wire/json-object.ts';
import { enter, fieldAt, fieldsOf, itemStep, readablePath, stepsOf, type FieldSet } from './field-set.ts';
import { entryOf, isWrittenBy, readManagedFields, writeManagedFields, type ManagedEntry, type Writer } from './managed-fields.ts';

/** One server-side apply. */
export interface ApplyRequest {
  /** The object as it is; undefined when the apply creates it. */
  live: JsonObject | undefined;
  /** What the manager wants: all of it, and nothing else of its own. */
  config: JsonObject;
  writer: Writer;
  /** Take fields from other managers instead of refusing. */
  force: boolean;
}

/**
 * Server-side apply: the fields in `config` become the manager's; fields that it owned before and no longer names are
 * removed unless somebody else owns them; a field that another manager owns with another value is 409 unless forced.
 */
export function serverSideApply(resource: Resource, request: ApplyRequest): JsonObject {
  const { live = {}, config, writer, force } = request;
  const entries = readManagedFields(live);
  const wanted = fieldsOf(resource, config);
  const others = entries.filter((entry) => !isWrittenBy(entry, writer));
  const conflicts = conflictsWith(others, { wanted, live, config });
  if (conflicts.length > 0 && !force) throw conflictError(resource, conflicts);
  for (const { entry, path } of conflicts) entry.fields.delete(path);

  const own = entryOf(entries, writer, resource);
  const merged = mergeObject(live, config, { resource, names: [] });
  for (const path of leaving(own.fields, { wanted, others })) removeField(merged, path);

  const unchanged = own.fields.size === wanted.size && [...wanted].every((path) => own.fields.has(path)) && conflicts.length === 0;
  const managedFields = writeManagedFields([
    ...others,
    { ...own, fields: wanted, time: unchanged && own.time !== '' ? own.time : writer.time },
  ]);
  const metadata = isJsonObject(merged['metadata']) ? merged['metadata'] : {};
  return { ...merged, metadata: { ...metadata, managedFields } };
}

interface FieldConflict {
  entry: ManagedEntry;
  path: string;
}

function conflictsWith(
  others: readonly ManagedEntry[],
  state: { wanted: FieldSet; live: JsonObject; config: JsonObject },
): FieldConflict[] {
  const found: FieldConflict[] = [];
  for (const entry of others) {
    for (const path of entry.fields) {
      if (!state.wanted.has(path) || stepsOf(path).at(-1)?.startsWith('k:') === true) continue;
      const now = fieldAt(state.live, path);
      if (now.found && !isDeepStrictEqual(now.value, fieldAt(state.config, path).value)) found.push({ entry, path });
    }
  }
  return found;
}

function conflictError(resource: Resource, conflicts: readonly FieldConflict[]): ApiError {
  const causes = conflicts.map(({ entry, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerOf(entry)}`,
    field: readablePath(path),
  }));
  const listed = causes.map((cause) => `${cause.message}: ${cause.field}`).join('\n');
  return new ApiError(409, 'Conflict', {
    message: `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${listed}`,
    details: { group: resource.group, kind: resource.plural, causes },
  });
}

/** As the server names a manager: the version that it wrote in is told of updates only. */
function managerOf({ manager, subresource, operation, apiVersion }: ManagedEntry): string {
  const where = subresource === '' ? '' : ` with subresource "${subresource}"`;
  return `"${manager}"${where}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** Shortest first, so that a list item goes as a whole while its key can still be read. */
function leaving(owned: FieldSet, state: { wanted: FieldSet; others: readonly ManagedEntry[] }): string[] {
  const isHeld = (path: string, fields: FieldSet): boolean => fields.has(path) || [...fields].some((one) => one.startsWith(`${path}\n`));
  return [...owned]
    .filter((path) => !isHeld(path, state.wanted) && !state.others.some((entry) => isHeld(path, entry.fields)))
    .toSorted((a, b) => a.length - b.length);
}

function removeField(object: JsonObject, path: string): void {
  const steps = stepsOf(path);
  const last = steps.pop();
  let holder: unknown = object;
  for (const step of steps) holder = enter(holder, step).value;
  if (last === undefined) return;
  if (isJsonObject(holder)) delete holder[last.slice(2)];
  else if (Array.isArray(holder)) {
    const { index } = enter(holder, last);
    if (index !== undefined) holder.splice(index, 1);
  }
}

interface Place {
  resource: Resource;
  names: readonly string[];
}

/** A deep copy, so that fields can be removed from it. */
function mergeObject(live: JsonObject, config: JsonObject, place: Place): JsonObject {
  const merged: JsonObject = structuredClone(live);
  for (const [key, value] of Object.entries(config)) {
    const inner = { ...place, names: [...place.names, key] };
    const current = merged[key];
    if (value === null) continue;
    if (isJsonObject(value) && isJsonObject(current) && !isAtomicObject(place.resource, inner.names))
      merged[key] = mergeObject(current, value, inner);
    else if (Array.isArray(value) && Array.isArray(current)) merged[key] = mergeList(current, value, inner);
    else merged[key] = structuredClone(value);
  }
  return merged;
}

function mergeList(live: readonly unknown[], config: readonly unknown[], place: Place): unknown[] {
  const kind = listKindAt(place.resource, place.names);
  if (kind.type === 'atomic') return structuredClone([...config]);
  if (kind.type === 'set') return [...new Set([...config, ...live])];
  const merged = config.map((item) => {
    if (!isJsonObject(item)) return item;
    const current = enter(live, itemStep(item, kind.keys)).value;
    return isJsonObject(current) ? mergeObject(current, item, place) : structuredClone(item);
  });
  const kept = live.filter((item) => isJsonObject(item) && !enter(config, itemStep(item, kind.keys)).found);
  return [...merged, ...structuredClone(kept)];
}
