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

/** Paths of fields that the kind does not have. The status is not looked at: it is what the sandbox itself writes. */
export function unknownFields(resource: Resource, object: JsonObject): string[] {
  let message: protobuf.Type;
  try {
    message = kubernetesMessages().lookupType(`${packageOf(resource)}.${resource.kind}`);
  } catch {
    return [];
  }
  const { apiVersion: _apiVersion, kind: _kind, status: _status, ...rest } = object;
  const found: string[] = [];
  collect(message, { object: rest, path: '' }, found);
  return found;
}

function collect(message: protobuf.Type, place: { object: JsonObject; path: string }, found: string[]): void {
  const fields = fieldsOf(message);
  for (const [key, value] of Object.entries(place.object)) {
    const path = place.path === '' ? key : `${place.path}.${key}`;
    const field = fields.get(key);
    if (field === undefined) found.push(path);
    else collectIn(field, { value, path }, found);
  }
}

function collectIn(field: protobuf.Field, place: { value: unknown; path: string }, found: string[]): void {
  const inner = field.resolvedType;
  if (!(inner instanceof protobuf.Type) || FREE_FORM.has(inner.name)) return;
  const { value, path } = place;
  if (field instanceof protobuf.MapField) {
    if (!isJsonObject(value)) return;
    for (const [key, one] of Object.entries(value)) if (isJsonObject(one)) collect(inner, { object: one, path: `${path}.${key}` }, found);
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) if (isJsonObject(one)) collect(inner, { object: one, path: `${path}[${index}]` }, found);
  } else if (isJsonObject(value)) collect(inner, { object: value, path }, found);
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
