import protobuf from 'protobufjs';
import type { Resource } from '../../store/store.ts';
import { isJsonObject, type JsonObject } from '../wire/json-object.ts';
import { EMBEDDED, kubernetesMessages } from '../wire/protobuf-types.ts';

/** Messages whose JSON is not the object that the message describes. */
const FREE_FORM = new Set([
  'Time',
  'MicroTime',
  'FieldsV1',
  'Quantity',
  'IntOrString',
  'RawExtension',
  'Item',
  'AnyString',
  'Amount',
  'Plugin',
  'Object',
  'JSON',
  'Verbs',
  'ParallelSteps',
]);

/** The package of each group's messages. */
function packageOf(resource: Resource): string {
  if (resource.group !== 'argoproj.io')
    return `k8s.io.api.${resource.group === '' ? 'core' : (resource.group.split('.')[0] ?? '')}.${resource.version}`;
  return /^(Workflow|CronWorkflow)/.test(resource.kind)
    ? 'github.com.argoproj.argo_workflows.v4.pkg.apis.workflow.v1alpha1'
    : 'github.com.argoproj.argo_rollouts.pkg.apis.rollouts.v1alpha1';
}

/** A field that the kind does not have: how a message names it, and the way to it. */
export interface UnknownField {
  path: string;
  steps: readonly (string | number)[];
}

/** The fields that the kind does not have. The status is not looked at: it is what the sandbox itself writes. */
export function unknownFields(resource: Resource, object: JsonObject): UnknownField[] {
  let message: protobuf.Type;
  try {
    message = kubernetesMessages().lookupType(`${packageOf(resource)}.${resource.kind}`);
  } catch {
    return [];
  }
  const { apiVersion: _apiVersion, kind: _kind, status: _status, ...rest } = object;
  const found: UnknownField[] = [];
  collect(message, { object: rest, path: '', steps: [] }, found);
  return found;
}

/** A copy of the object without these fields, as a server keeps it. */
export function withoutFields(object: JsonObject, unknown: readonly UnknownField[]): JsonObject {
  const kept = structuredClone(object);
  for (const { steps } of unknown) {
    let holder: unknown = kept;
    for (const step of steps.slice(0, -1)) holder = isJsonObject(holder) || Array.isArray(holder) ? Reflect.get(holder, step) : undefined;
    const last = steps.at(-1);
    if (isJsonObject(holder) && last !== undefined) delete holder[last];
  }
  return kept;
}

type Steps = UnknownField['steps'];

function collect(message: protobuf.Type, place: { object: JsonObject; path: string; steps: Steps }, found: UnknownField[]): void {
  const fields = fieldsOf(message);
  for (const [key, value] of Object.entries(place.object)) {
    const path = place.path === '' ? key : `${place.path}.${key}`;
    const field = fields.get(key);
    const steps = [...place.steps, key];
    if (field === undefined) found.push({ path, steps });
    else collectIn(field, { value, path, steps }, found);
  }
}

function collectIn(field: protobuf.Field, place: { value: unknown; path: string; steps: Steps }, found: UnknownField[]): void {
  const inner = field.resolvedType;
  if (!(inner instanceof protobuf.Type) || FREE_FORM.has(inner.name)) return;
  const { value, path, steps } = place;
  if (field instanceof protobuf.MapField) {
    if (!isJsonObject(value)) return;
    for (const [key, one] of Object.entries(value))
      if (isJsonObject(one)) collect(inner, { object: one, path: `${path}.${key}`, steps: [...steps, key] }, found);
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries())
      if (isJsonObject(one)) collect(inner, { object: one, path: `${path}[${index}]`, steps: [...steps, index] }, found);
  } else if (isJsonObject(value)) collect(inner, { object: value, path, steps }, found);
}

const known = new WeakMap<protobuf.Type, Map<string, protobuf.Field>>();

/** The fields as they stand in JSON: those of an embedded message stand beside its neighbours. */
function fieldsOf(message: protobuf.Type): Map<string, protobuf.Field> {
  const kept = known.get(message);
  if (kept !== undefined) return kept;
  const fields = new Map<string, protobuf.Field>();
  for (const field of message.fieldsArray) {
    if (isEmbedded(message, field) && field.resolvedType instanceof protobuf.Type) {
      for (const [name, inner] of fieldsOf(field.resolvedType)) fields.set(name, inner);
    } else fields.set(field.name, field);
  }
  known.set(message, fields);
  return fields;
}

/** `container` is embedded in what extends a container, and an ordinary field of a template. */
function isEmbedded(message: protobuf.Type, field: protobuf.Field): boolean {
  if (field.name === 'container') return message.name !== 'Template';
  return EMBEDDED.has(field.name);
}
