import { isJsonObject, type JsonObject } from '../wire/json-object.ts';

/** RFC 7386: objects are merged key by key, null removes, everything else (lists too) replaces. */
export function applyMergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isJsonObject(value)) merged[key] = applyMergePatch(isJsonObject(merged[key]) ? merged[key] : {}, value);
    else merged[key] = value;
  }
  return merged;
}
