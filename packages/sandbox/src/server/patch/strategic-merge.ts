import { badRequest } from '../../store/api-error.ts';
import type { Resource } from '../../store/store.ts';
import { isJsonObject, type JsonObject } from '../wire/json-object.ts';
import { listKindAt } from './list-keys.ts';

const SET_ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

interface Place {
  resource: Pick<Resource, 'group'>;
  path: readonly string[];
}

/**
 * Strategic merge patch, for the built-in kinds: like a merge patch, but lists whose items have a key are merged item by
 * item, with the directives `$patch`, `$retainKeys`, `$deleteFromPrimitiveList` and `$setElementOrder` that kubectl writes.
 */
export function applyStrategicMerge(resource: Pick<Resource, 'group'>, object: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(object, patch, { resource, path: [] });
}

function mergeObject(object: JsonObject, patch: JsonObject, place: Place): JsonObject {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const merged: JsonObject = { ...object };
  retainKeys(merged, patch['$retainKeys']);
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(SET_ORDER)) continue;
    if (key.startsWith(DELETE_PRIMITIVES)) removePrimitives(merged, key.slice(DELETE_PRIMITIVES.length), value);
    else mergeField(merged, { key, value, order: patch[`${SET_ORDER}${key}`] }, place);
  }
  for (const [key, order] of Object.entries(patch)) {
    if (key.startsWith(SET_ORDER)) reorder(merged, { key: key.slice(SET_ORDER.length), order }, place);
  }
  return merged;
}

function mergeField(merged: JsonObject, change: { key: string; value: unknown; order: unknown }, place: Place): void {
  const { key, value } = change;
  const inner = { resource: place.resource, path: [...place.path, key] };
  const current = merged[key];
  if (value === null) delete merged[key];
  else if (isJsonObject(value)) {
    if (value['$patch'] === 'delete') delete merged[key];
    else merged[key] = mergeObject(isJsonObject(current) ? current : {}, value, inner);
  } else if (Array.isArray(value)) merged[key] = mergeList(Array.isArray(current) ? current : [], value, inner);
  else merged[key] = value;
}

function mergeList(current: readonly unknown[], patch: readonly unknown[], place: Place): unknown[] {
  const kind = listKindAt(place.resource, place.path);
  if (kind.type === 'atomic') return patch.filter((item) => !isDirective(item)).map(cleaned);
  if (kind.type === 'set') return [...new Set([...current, ...patch])];
  if (patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1)) {
    return patch.filter((item) => !isDirective(item)).map(cleaned);
  }
  // The first key alone tells the items apart in a strategic merge (`patchMergeKey`).
  const [mergeKey = 'name'] = kind.keys;
  return mergeItems([...current], { patch, mergeKey }, place);
}

function mergeItems(items: unknown[], change: { patch: readonly unknown[]; mergeKey: string }, place: Place): unknown[] {
  for (const item of change.patch) {
    if (!isJsonObject(item)) throw badRequest(`the items of ${place.path.join('.')} must be objects`);
    const wanted = item[change.mergeKey];
    if (wanted === undefined) throw badRequest(`map: ${place.path.join('.')} does not contain declared merge key: ${change.mergeKey}`);
    const index = items.findIndex((one) => isJsonObject(one) && one[change.mergeKey] === wanted);
    const found = items[index];
    if (item['$patch'] === 'delete') {
      if (index >= 0) items.splice(index, 1);
    } else if (isJsonObject(found)) items[index] = mergeObject(found, item, place);
    else items.push(mergeObject({}, item, place));
  }
  return items;
}

function reorder(merged: JsonObject, wanted: { key: string; order: unknown }, place: Place): void {
  const items = merged[wanted.key];
  if (!Array.isArray(items) || !Array.isArray(wanted.order)) return;
  const kind = listKindAt(place.resource, [...place.path, wanted.key]);
  const mergeKey = kind.type === 'map' ? (kind.keys[0] ?? 'name') : undefined;
  const identity = (item: unknown): unknown => (mergeKey !== undefined && isJsonObject(item) ? item[mergeKey] : item);
  const position = new Map(wanted.order.map((item: unknown, index) => [identity(item), index]));
  merged[wanted.key] = items.toSorted(
    (a: unknown, b: unknown) => (position.get(identity(a)) ?? items.length) - (position.get(identity(b)) ?? items.length),
  );
}

function retainKeys(merged: JsonObject, keys: unknown): void {
  if (!Array.isArray(keys)) return;
  for (const key of Object.keys(merged)) {
    if (!keys.includes(key)) delete merged[key];
  }
}

function removePrimitives(merged: JsonObject, key: string, values: unknown): void {
  const current = merged[key];
  if (Array.isArray(current) && Array.isArray(values)) merged[key] = current.filter((item) => !values.includes(item));
}

function isDirective(item: unknown): boolean {
  return isJsonObject(item) && '$patch' in item;
}

function cleaned(item: unknown): unknown {
  return isJsonObject(item) ? withoutDirectives(item) : item;
}

function withoutDirectives(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !key.startsWith('$')));
}
