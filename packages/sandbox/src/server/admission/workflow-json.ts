import { isJsonObject, type JsonObject } from '../wire/json-object.ts';

/**
 * The published schema of Argo Workflows is made from its Go types, and those write some fields of a Workflow in another
 * way than the types say: `steps` is a list of lists, a template's container needs no name, a claim template no type.
 */
export function asSchemaExpects(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, key === 'steps' && Array.isArray(value) ? value.map(wrapGroup) : expected(value)]),
  );
}

/** Undoes the wrapping in the path of an error. */
export function asClientSent(instancePath: string): string {
  return instancePath.replaceAll(/\/steps\/(\d+)\/steps(?=\/|$)/g, '/steps/$1');
}

/** True for a field that the Go type requires and the JSON of Argo does not. */
export function isOptionalInJson(instancePath: string, missing: string): boolean {
  if (missing === 'name') return /\/(container|script)$/.test(instancePath);
  return (missing === 'apiVersion' || missing === 'kind') && /\/volumeClaimTemplates\/\d+$/.test(instancePath);
}

function wrapGroup(group: unknown): unknown {
  return Array.isArray(group) ? { steps: group.map(expected) } : expected(group);
}

function expected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expected);
  return isJsonObject(value) ? asSchemaExpects(value) : value;
}
